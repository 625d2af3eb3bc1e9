import type { Quantifier } from '../syntax/tree.ts'
import { countEvaluation, deeper } from '../value/meter.ts'
import { trouble } from '../value/trouble.ts'
import type { Value } from '../value/value.ts'
import { solve } from './body.ts'
import { compileExpression } from './expression.ts'
import { markWhole, waiting, type Code, type Frame, type Mark } from './frame.ts'
import { planBody, type Body } from './plan.ts'
import { constantOf, type Scope } from './scope.ts'

/** `forall:` and `count(min=, max=):`. Their variables live in the frame of the rule, in slots of their own. */
export function compileQuantifier(node: Quantifier, scope: Scope): Code {
  const callee = node.callee.kind === 'call' ? node.callee.callee : node.callee
  const meant = constantOf(scope, callee)
  const name = typeof meant === 'object' && meant !== null && meant.kind === 'type' ? meant.name : ''
  const body = planBody(node.body, { ...scope, slots: new Map(scope.slots) })
  if (name === 'forall') return (frame) => deeper(frame.run.meter, () => forall(body, frame))
  if (name !== 'count') {
    scope.policy.warn(node.at, 'only forall and count are quantifiers: this rule fails whenever it gets here')
    return () => trouble('type', 'only forall and count are quantifiers')
  }
  const bounds = node.callee.kind === 'call' ? boundsOf(node.callee, scope) : () => ({ min: null, max: null })
  return (frame) => {
    const { min, max } = bounds(frame)
    return deeper(frame.run.meter, () => count(body, frame, min, max))
  }
}

type Bounds = { readonly min: number | null; readonly max: number | null }

function boundsOf(
  call: Extract<Quantifier['callee'], { kind: 'call' }>,
  scope: Scope,
): (frame: Frame) => Bounds {
  const given = call.arguments.map((argument) => compileExpression(argument, scope))
  const named = call.named.map(({ name, value }) => ({ name, code: compileExpression(value, scope) }))
  return (frame) => {
    const bounds: Record<string, number | null> = { min: null, max: null }
    given.forEach((code, at) => {
      bounds[['min', 'max'][at] ?? 'a third argument'] = toBound(code(frame))
    })
    for (const { name, code } of named) bounds[name] = toBound(code(frame))
    const wrong = Object.keys(bounds).find((name) => name !== 'min' && name !== 'max')
    if (wrong !== undefined) return trouble('type', `count knows min and max, not ${wrong}`)
    return { min: bounds['min'] ?? null, max: bounds['max'] ?? null }
  }
}

function toBound(value: Value): number | null {
  if (value === null || typeof value === 'number') return value
  return trouble('type', 'the bounds of count are numbers')
}

function forall(body: Body, frame: Frame): boolean {
  const { run } = frame
  const before = run.missed
  countEvaluation(run.meter)
  const start = run.marks.length
  const hasFalse = solve(body, frame, { onModel: () => false, onFalse: () => true })
  run.marks.length = start
  if (!hasFalse && run.missed > before) throw waiting
  return !hasFalse
}

function count(body: Body, frame: Frame, min: number | null, max: number | null): boolean {
  const { run } = frame
  const before = run.missed
  const counted: Mark[] = []
  const start = run.marks.length
  let models = 0
  countEvaluation(run.meter)
  const onModel = (): boolean => {
    models++
    for (const { slot } of body.variables) markWhole(run, frame.slots[slot] ?? null)
    counted.push(...run.marks.slice(start))
    return max === null ? min !== null && models >= min : models > max
  }
  const isOver = solve(body, frame, { onModel })
  run.marks.length = start
  if (!isOver && run.missed > before) throw waiting
  run.marks.push(...counted)
  return models >= (min ?? 0) && models <= (max ?? Infinity)
}
