import type { Call, Expression } from '../syntax/tree.ts'
import { iterate, itemAt, member } from '../value/access.ts'
import { negate } from '../value/arithmetic.ts'
import { checkSize, deeper } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import { dict, isTrue, list, typeName, type Named, type Value } from '../value/value.ts'
import { compileBinary } from './binary.ts'
import type { Code, Run } from './frame.ts'
import { compilePattern } from './pattern.ts'
import { callPredicate } from './predicate.ts'
import { compileQuantifier } from './quantifier.ts'
import { constantOf, inner, type Scope } from './scope.ts'

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
      return (frame) => list(items.map((item) => item(frame)))
    }
    case 'dict': {
      const entries = node.entries.map(({ key, value }) => [key, compileExpression(value, scope)] as const)
      return (frame) => dict(new Map(entries.map(([key, value]) => [key, value(frame)])))
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
      return (frame) => itemAt(object(frame), key(frame))
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
    const evaluate = (run: Run): Value => deeper(run.meter, () => code()({ run, slots: [] }))
    return ({ run }) => (run.constants[index] ??= evaluate(run))
  }
  const predicate = scope.policy.predicates.get(name)
  if (predicate !== undefined) return () => `<predicate ${name}>`
  if (name === 'input') return ({ run }) => run.input
  const value = scope.policy.names.get(name)
  if (value !== undefined) {
    noteNeeds(value, scope)
    return () => value
  }
  scope.policy.warn(at, `${name} is bound only within a quantifier, not here: this rule never fires`)
  scope.frame.isDead = true
  return () => null
}

function noteNeeds(value: Value, scope: Scope): void {
  if (typeof value !== 'object' || value === null || value.kind !== 'callable') return
  for (const need of value.needs ?? []) scope.policy.needs.add(need)
}

/** Kinds that are written out, in the call or in a constant; all others are known when the rule runs. */
function noteKinds(node: Call, scope: Scope): void {
  const called = constantOf(scope, node.callee)
  if (typeof called !== 'object' || called === null || called.kind !== 'callable') return
  if (called.kinds === undefined) return
  const { detector, parameter, position } = called.kinds
  const given = node.named.find(({ name }) => name === parameter)?.value ?? node.arguments[position]
  const named = given?.kind === 'name' && !scope.slots.has(given.name) ? given.name : ''
  const written = scope.policy.constants.get(named)?.value ?? given
  for (const item of written?.kind === 'list' ? written.items : []) {
    if (item.kind === 'string') scope.policy.wants.push({ detector, kind: item.value, at: item.at })
  }
}

function compileMember(node: Extract<Expression, { kind: 'member' }>, scope: Scope): Code {
  const { name } = node
  const constant = constantOf(scope, node)
  if (constant !== undefined) {
    noteNeeds(constant, scope)
    return () => constant
  }
  if (node.object.kind === 'name' && node.object.name === 'input' && !scope.slots.has('input')) {
    return ({ run }) => run.input.entries.get(name) ?? missing(name)
  }
  const object = compileExpression(node.object, scope)
  return (frame) => member(object(frame), name)
}

function missing(name: string): never {
  return trouble('parameter', `the policy needs the parameter ${JSON.stringify(name)} (input.${name})`)
}

function compileComprehension(node: Extract<Expression, { kind: 'comprehension' }>, scope: Scope): Code {
  const iterable = compileExpression(node.iterable, scope)
  const own = inner(scope, node.variable)
  const element = compileExpression(node.element, own.scope)
  const filter = node.filter === null ? null : compileExpression(node.filter, own.scope)
  return (frame) => {
    const over = iterable(frame)
    if (over === null) return list([])
    const values: Value[] = []
    for (const item of iterate(over)) {
      frame.slots[own.slot] = item
      if (filter === null || filter(frame) === true) values.push(element(frame))
    }
    checkSize(frame.run.meter, values.length)
    return list(values)
  }
}

const noNames: Named = new Map()

function compileCall(node: Call, scope: Scope): Code {
  const given = node.arguments.map((argument) => compileExpression(argument, scope))
  const named = node.named.map(({ name, value }) => [name, compileExpression(value, scope)] as const)
  const namedOf: (frame: Parameters<Code>[0]) => Named =
    named.length === 0 ? () => noNames : (frame) => new Map(named.map(([name, code]) => [name, code(frame)]))
  const name = node.callee.kind === 'name' && !scope.slots.has(node.callee.name) ? node.callee.name : ''
  const predicate = scope.policy.predicates.get(name)
  if (predicate !== undefined) {
    return (frame) =>
      callPredicate(
        predicate,
        frame.run,
        given.map((code) => code(frame)),
        namedOf(frame),
      )
  }
  const callee = compileExpression(node.callee, scope)
  noteKinds(node, scope)
  const [only] = given
  return (frame) => {
    const called = callee(frame)
    const values = given.length === 1 && only !== undefined ? [only(frame)] : given.map((code) => code(frame))
    if (typeof called !== 'object' || called === null || called.kind !== 'callable') {
      return trouble('type', `${typeName(called)} cannot be called`)
    }
    return called.call(frame.run, values, namedOf(frame))
  }
}
