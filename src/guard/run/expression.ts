import type { Expression } from '../syntax/tree.ts'
import { isThing, memberOf } from '../trace/sorts.ts'
import { iterate, itemAt, member } from '../value/access.ts'
import { negate } from '../value/arithmetic.ts'
import { deeper, keep, work } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import { dict, isTrue, list, type Value } from '../value/value.ts'
import { lengthOf, made } from '../value/weight.ts'
import { compileBinary } from './binary.ts'
import { compileCall } from './call.ts'
import type { Code, Run } from './frame.ts'
import { compilePattern } from './pattern.ts'
import { compileQuantifier } from './quantifier.ts'
import { constantOf, inner, noteNeed, type Scope } from './scope.ts'

/** Expressions to closures. Where it runs, every variable that it reads is bound. */
export function compileExpression(node: Expression, scope: Scope): Code {
  switch (node.kind) {
    case 'none':
      return () => null
    case 'boolean':
    case 'number':
    case 'string': {
      const { value } = node
      return () => value
    }
    case 'name':
      return compileName(node.name, node.at, scope)
    // A declaration is true; what it binds is read by its name.
    case 'variable':
      return () => true
    case 'list': {
      const items = node.items.map((item) => compileExpression(item, scope))
      return (
        constantList(node.items) ?? ((frame) => made(frame.run.meter, list(items.map((item) => item(frame)))))
      )
    }
    case 'dict': {
      const entries = node.entries.map(({ key, value }) => [key, compileExpression(value, scope)] as const)
      return (frame) =>
        made(frame.run.meter, dict(new Map(entries.map(([key, value]) => [key, value(frame)]))))
    }
    case 'first':
      return compileExpression(node.value, scope)
    case 'comprehension':
      return compileComprehension(node, scope)
    case 'ternary': {
      const [test, yes, no] = [node.test, node.yes, node.no].map((part) => compileExpression(part, scope))
      return (frame) => (test !== undefined && isTrue(test(frame)) ? yes?.(frame) : no?.(frame)) ?? null
    }
    case 'binary':
      return compileBinary(node, scope)
    case 'unary': {
      const { operator } = node
      const operand = compileExpression(node.operand, { ...scope, isNegated: true })
      if (operator === 'not') return (frame) => !isTrue(operand(frame))
      return (frame) => negate(operand(frame), operator)
    }
    case 'member':
      return compileMember(node, scope)
    case 'index': {
      const object = compileExpression(node.object, scope)
      const key = compileExpression(node.key, scope)
      return (frame) => {
        const from = object(frame)
        work(frame.run.meter, lengthOf(from))
        return itemAt(from, key(frame))
      }
    }
    case 'call':
      return compileCall(node, scope)
    case 'quantifier':
      return compileQuantifier(node, scope)
    // As a value, a pattern is only something that is there.
    case 'tool':
    case 'pattern':
      compilePattern(node, scope)
      return () => node.name
    case 'wildcard':
    case 'value-type':
      return () => trouble('type', 'a wildcard or a value type stands outside of a pattern')
  }
}

function compileName(name: string, at: number, scope: Scope): Code {
  const slot = scope.slots.get(name)
  if (slot !== undefined) return (frame) => frame.slots[slot] ?? null
  const constant = scope.policy.constants.get(name)
  if (constant !== undefined) {
    const { index, code } = constant
    return ({ run }) => {
      const known = run.constants[index]
      return known === undefined ? (run.constants[index] = evaluateConstant(run, code())) : known
    }
  }
  const predicate = scope.policy.predicates.get(name)
  if (predicate !== undefined) return () => `<predicate ${name}>`
  if (name === 'input') return ({ run }) => run.input
  const value = scope.policy.names.get(name)
  if (value !== undefined) {
    noteNeeds(value, at, scope)
    return () => value
  }
  scope.policy.warn(at, `${name} is bound only within a quantifier, not here: this rule never fires`)
  scope.frame.isDead = true
  return () => null
}

/** A list of literals is always the same. */
function constantList(nodes: readonly Expression[]): Code | undefined {
  const items: Value[] = []
  for (const node of nodes) {
    const isLiteral = ['none', 'boolean', 'number', 'string'].includes(node.kind)
    if (!isLiteral) return undefined
    items.push('value' in node && typeof node.value !== 'object' ? node.value : null)
  }
  const constant = list(items)
  return () => constant
}

/** It is held until the judgement is over. */
function evaluateConstant(run: Run, code: Code): Value {
  const { meter } = run
  const before = meter.made
  const value = deeper(meter, () => code({ run, slots: [] }))
  keep(meter, meter.made - before)
  meter.made = before
  return value
}

function noteNeeds(value: Value, at: number, scope: Scope): void {
  if (typeof value !== 'object' || value === null || value.kind !== 'callable') return
  for (const need of value.needs ?? []) noteNeed(scope, need, at, value.name)
}

function compileMember(node: Extract<Expression, { kind: 'member' }>, scope: Scope): Code {
  const { name } = node
  const constant = constantOf(scope, node)
  if (constant !== undefined) {
    noteNeeds(constant, node.at, scope)
    return () => constant
  }
  if (node.object.kind === 'name' && node.object.name === 'input' && !scope.slots.has('input')) {
    return ({ run }) => run.input.entries.get(name) ?? missing(name)
  }
  const object = compileExpression(node.object, scope)
  return (frame) => {
    const from = object(frame)
    const known = isThing(from) ? memberOf(from, name) : undefined
    if (known !== undefined) return known
    work(frame.run.meter, lengthOf(from))
    return member(from, name)
  }
}

function missing(name: string): never {
  return trouble('parameter', `the policy needs the parameter ${JSON.stringify(name)} (input.${name})`)
}

/** About nanoseconds. */
const workOfItem = 100

function compileComprehension(node: Extract<Expression, { kind: 'comprehension' }>, scope: Scope): Code {
  const iterable = compileExpression(node.iterable, scope)
  const own = inner(scope, node.variable)
  const element = compileExpression(node.element, own.scope)
  const filter = node.filter === null ? null : compileExpression(node.filter, own.scope)
  return (frame) => {
    const over = iterable(frame)
    if (over === null) return list([])
    const values: Value[] = []
    const { meter } = frame.run
    for (const item of iterate(over)) {
      work(meter, workOfItem)
      frame.slots[own.slot] = item
      if (filter === null || filter(frame) === true) values.push(element(frame))
    }
    return made(meter, list(values))
  }
}
