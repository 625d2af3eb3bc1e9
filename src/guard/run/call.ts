import type { Expression } from '../syntax/tree.ts'
import { work } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import { typeName, type Named } from '../value/value.ts'
import { effortOf, made } from '../value/weight.ts'
import { compileExpression } from './expression.ts'
import type { Code } from './frame.ts'
import { callPredicate } from './predicate.ts'
import type { Scope } from './scope.ts'

const noNames: Named = new Map()

/** A predicate of the policy, or whatever the callee comes to: a function of the library, a method. */
export function compileCall(node: Extract<Expression, { kind: 'call' }>, scope: Scope): Code {
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
