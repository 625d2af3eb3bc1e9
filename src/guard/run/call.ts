import type { Call } from '../syntax/tree.ts'
import { work } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import { typeName, type Named } from '../value/value.ts'
import { effortOf, made } from '../value/weight.ts'
import { compileExpression } from './expression.ts'
import type { Code } from './frame.ts'
import { callPredicate } from './predicate.ts'
import { constantOf, noteNeed, type Scope } from './scope.ts'

const noNames: Named = new Map()

/** A predicate of the policy, or whatever the callee comes to: a function of the library, a method. */
export function compileCall(node: Call, scope: Scope): Code {
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
  noteFlags(node, scope)
  noteKinds(node, scope)
  const [only] = given
  return (frame) => {
    const called = callee(frame)
    const values = given.length === 1 && only !== undefined ? [only(frame)] : given.map((code) => code(frame))
    if (typeof called !== 'object' || called === null || called.kind !== 'callable') {
      return trouble('type', `${typeName(called)} cannot be called`)
    }
    const { meter } = frame.run
    for (const value of values) work(meter, effortOf(value))
    return made(meter, called.call(frame.run, values, namedOf(frame)))
  }
}

/** A function may need a detector only where it is told to use it. */
function noteFlags({ callee, named, at }: Call, scope: Scope): void {
  const value = constantOf(scope, callee)
  if (typeof value !== 'object' || value === null || value.kind !== 'callable') return
  for (const { name, value: given } of named) {
    const need = given.kind === 'boolean' && given.value ? value.needsIf?.get(name) : undefined
    if (need !== undefined) noteNeed(scope, need, at, `${value.name}(${name}=True)`)
  }
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
