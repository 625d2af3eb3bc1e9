import { problem, warn, type Check, type Found, type Names } from './found.ts'
import { builtins } from './library/index.ts'
import { checkCallee, checkCondition, checkValueType, remark } from './remarks.ts'
import { childrenOf, declaredIn } from './syntax/children.ts'
import type { Condition, Declaration, Expression, Parameter, Rule, Statement, Tree } from './syntax/tree.ts'

/** What can be said of a policy's names and shapes before anything runs; `link` comes later (link.ts). */
export function check(tree: Tree): Found[] {
  const found: Found[] = []
  const imported = new Set(importedIn(tree.statements))
  const declared = tree.statements.filter((statement) => statement.kind === 'declaration')
  const types = new Set([...builtins.keys(), ...imported])
  const globals = new Set([...types, ...declared.map(({ name }) => name)])
  const checking = { found, types, globals }
  const seen = new Set<string>()
  for (const { name, at } of declared) {
    if (seen.has(name)) problem(checking, at, 'names', `${name} is already declared`)
    seen.add(name)
  }
  for (const statement of tree.statements) checkStatement(checking, statement)
  return found
}

/** Imports count wherever they stand: those within a rule belong to the policy. */
function importedIn(statements: readonly (Statement | Condition)[]): string[] {
  return statements.flatMap((statement) => {
    switch (statement.kind) {
      case 'import': {
        const own = statement.names.length === 0 ? [statement.alias ?? statement.module] : []
        return [...own, ...statement.names.map(({ name, alias }) => alias ?? name)]
      }
      case 'rule':
      case 'declaration':
      case 'quantifier':
        return importedIn(statement.body)
      case 'definition':
        return importedIn(statement.statements)
      default:
        return []
    }
  })
}

function checkStatement(checking: Check, statement: Statement): void {
  switch (statement.kind) {
    case 'import':
      return
    case 'rule':
      checkRule(checking, statement, [])
      return
    case 'declaration':
      checkDeclaration(checking, statement)
      return
    case 'definition':
      warn(checking, statement.at, `"def ${statement.name}" has no effect: what it holds is not judged`)
      for (const inner of statement.statements) {
        if (inner.kind === 'rule') checkRule(checking, inner, statement.parameters)
        else checkStatement(checking, inner)
      }
  }
}

/** More is no rule, and planning it would take as long as its variables squared. */
const mostVariables = 100

function hasTooMany(checking: Check, names: Names, at: number): boolean {
  if (names.size <= mostVariables) return false
  problem(checking, at, 'names', `more than ${mostVariables} variables`)
  return true
}

function checkRule(checking: Check, rule: Rule, parameters: readonly Parameter[]): void {
  const names = namesOf(checking, rule.body, parameters)
  if (hasTooMany(checking, names, rule.at)) return
  checkBody(checking, rule.body, names)
  checkExpression(checking, rule.head, names, false)
}

function checkDeclaration(checking: Check, { at, body, parameters }: Declaration): void {
  const names = namesOf(checking, body, parameters ?? [])
  if (hasTooMany(checking, names, at)) return
  const [only, ...others] = body
  const isValue = parameters === null && others.length === 0 && only !== undefined
  // A constant of one line is a value, and no condition.
  if (isValue && only.kind !== 'assign' && only.kind !== 'import')
    checkExpression(checking, only, names, false)
  else checkBody(checking, body, names)
}

/** All variables of a rule, those of its quantifiers as well: a name may be declared once. */
function namesOf(checking: Check, body: readonly Condition[], parameters: readonly Parameter[]): Names {
  const names = new Set(parameters.map(({ name }) => name))
  const declare = (conditions: readonly Condition[]): void => {
    for (const { name, at } of declaredIn(conditions)) {
      if (names.has(name)) problem(checking, at, 'names', `Variable ${name} already declared`)
      names.add(name)
    }
    for (const node of conditions)
      if (node.kind !== 'import') visit(node.kind === 'assign' ? node.value : node)
  }
  const visit = (node: Expression): void => {
    if (node.kind === 'quantifier') declare(node.body)
    childrenOf(node).forEach(visit)
  }
  declare(body)
  return names
}

function checkBody(checking: Check, body: readonly Condition[], names: Names): void {
  for (const condition of body) {
    if (condition.kind === 'import') continue
    if (condition.kind === 'assign') checkExpression(checking, condition.value, names, false)
    else {
      checkExpression(checking, condition, names, false)
      checkCondition(checking, condition, names)
    }
  }
}

function checkExpression(checking: Check, node: Expression, names: Names, isPattern: boolean): void {
  const { types, globals } = checking
  switch (node.kind) {
    case 'name':
      if (names.has(node.name) || globals.has(node.name)) return
      problem(checking, node.at, 'names', `Failed to resolve identifier ${node.name}`)
      return
    case 'variable':
      if (!types.has(node.type)) problem(checking, node.at, 'types', `Failed to resolve type ${node.type}`)
      return
    case 'wildcard':
      if (isPattern) return
      problem(
        checking,
        node.at,
        'types',
        'You cannot use wildcards outside of semantic patterns (e.g. tool:abc(*, 12))',
      )
      return
    case 'value-type':
      checkValueType(checking, node, isPattern)
      return
    case 'comprehension':
      checkExpression(checking, node.iterable, names, false)
      for (const part of [node.element, node.filter]) {
        if (part !== null) checkExpression(checking, part, new Set([...names, node.variable]), false)
      }
      return
    case 'quantifier':
      checkExpression(checking, node.callee, names, false)
      checkBody(checking, node.body, names)
      return
    case 'pattern':
      for (const part of childrenOf(node)) checkExpression(checking, part, names, true)
      return
    case 'call':
      checkCallee(checking, node.callee, names)
      break
    default:
      remark(checking, node)
  }
  for (const part of childrenOf(node)) checkExpression(checking, part, names, isPattern)
}
