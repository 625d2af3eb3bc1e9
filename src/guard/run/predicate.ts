import { countEvaluation, deeper } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import type { Named, Value } from '../value/value.ts'
import { solve } from './body.ts'
import { waiting, type Mark, type Run } from './frame.ts'
import type { Body } from './plan.ts'

/** A predicate of the policy: true as soon as its body holds for some values of its own variables. */
export type Predicate = {
  readonly name: string
  readonly parameters: readonly string[]
  /** Made when it is first asked for: predicates may call each other. */
  readonly code: () => { readonly body: Body; readonly size: number }
}

export function callPredicate(
  { name, parameters, code }: Predicate,
  run: Run,
  given: readonly Value[],
  named: Named,
): boolean {
  const { body, size } = code()
  const slots = new Array<Value>(size).fill(null)
  parameters.forEach((parameter, at) => {
    const value = given[at] ?? (at < given.length ? null : named.get(parameter))
    slots[at] = value === undefined ? trouble('type', `${name} needs the argument ${parameter}`) : value
  })
  // What was looked at is marked even if nothing holds: `not p(m)` shows what p found wanting.
  const dropped: Mark[] = []
  const before = run.missed
  countEvaluation(run.meter)
  const holds = deeper(run.meter, () => solve(body, { run, slots }, { onModel: () => true, dropped }))
  if (!holds && run.missed > before) throw waiting
  if (!holds) run.marks.push(...dropped)
  return holds
}
