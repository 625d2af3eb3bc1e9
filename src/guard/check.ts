import { builtins, uncallable } from './library/index.ts'
import { valueTypes } from './run/pattern.ts'
import { childrenOf, declaredIn } from './syntax/children.ts'
import type { Condition, Declaration, Expression, Parameter, Rule, Statement, Tree } from './syntax/tree.ts'

/** What can be said of a policy's names and shapes before anything runs; `link` comes later (link.ts). */
export type Found = {
  readonly at: number
  readonly phase: 'names' | 'types'
  readonly message: string
  readonly isWarning: boolean
}

type Names = ReadonlySet<string>

type Check = {
  readonly found: Found[]
  /** Names that may stand for types: imports and built-ins. */
  readonly types: Names
  readonly globals: Names
}

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

function problem({ found }: Check, at: number, phase: Found['phase'], message: string): void {
  found.push({ at, phase, message, isWarning: false })
}

function warn({ found }: Check, at: number, message: string): void {
  found.push({ at, phase: 'types', message, isWarning: true })
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

function checkRule(checking: Check, rule: Rule, parameters: readonly Parameter[]): void {
  const names = namesOf(checking, rule.body, parameters)
  checkBody(checking, rule.body, names)
  checkExpression(checking, rule.head, names, false)
}

function checkDeclaration(checking: Check, { body, parameters }: Declaration): void {
  const names = namesOf(checking, body, parameters ?? [])
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
      checkCondition(checking, condition)
    }
  }
}

/** A line that can be neither true nor false makes its rule silent for ever. */
function checkCondition(checking: Check, node: Expression): void {
  const kinds: Partial<Record<Expression['kind'], string>> = {
    string: 'a string',
    number: 'a number',
    list: 'a list',
    dict: 'a dictionary',
    none: 'None',
    comprehension: 'a list',
    tool: 'a tool',
    pattern: 'a pattern',
  }
  const isArithmetic = node.kind === 'binary' && ['+', '-', '*', '/', '%', '**'].includes(node.operator)
  const isEach = node.kind === 'binary' && node.operator === 'in' && node.left.kind === 'list'
  const kind = isArithmetic ? 'a number or a string' : isEach ? 'a list (use any(...))' : kinds[node.kind]
  if (kind !== undefined) {
    warn(checking, node.at, `this condition is ${kind}, neither true nor false: the rule never fires`)
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

/** What reads differently here than where the policy may come from. */
function remark(checking: Check, node: Expression): void {
  if (node.kind === 'string' && node.prefix === 'f') {
    warn(checking, node.at, 'an f-string is taken as it is: nothing is put in its braces')
  } else if (node.kind === 'first') {
    warn(checking, node.at, 'of "(a, b)" only a is kept')
  } else if (node.kind === 'binary' && (node.operator === 'and' || node.operator === 'or')) {
    const other = node.operator === 'and' ? 'or' : 'and'
    const isMixed = [node.left, node.right].some(
      (part) => part.kind === 'binary' && part.operator === other && !part.isEnclosed,
    )
    if (isMixed)
      warn(checking, node.at, '"and" binds tighter than "or" here, not so upstream: set parentheses')
  }
}

function checkValueType(
  checking: Check,
  { at, name }: Extract<Expression, { kind: 'value-type' }>,
  isPattern: boolean,
): void {
  if (!isPattern) {
    problem(checking, at, 'types', 'You cannot use value references outside of semantic patterns')
  } else if (!Object.hasOwn(valueTypes, name)) {
    problem(
      checking,
      at,
      'types',
      `Unsupported value type ${name}; known are ${Object.keys(valueTypes).join(', ')}`,
    )
  }
}

function checkCallee(checking: Check, callee: Expression, names: Names): void {
  const isType = callee.kind === 'name' && !names.has(callee.name) && uncallable.has(callee.name)
  const told = isType
    ? "<class 'type'>"
    : callee.kind === 'string'
      ? "<class 'str'>"
      : callee.kind === 'none'
        ? 'None'
        : ''
  if (told !== '') problem(checking, callee.at, 'types', `Expected function, got ${told}`)
}
