import { isThing } from '../trace/sorts.ts'
import { countEvaluation, work } from '../value/meter.ts'
import { toTrouble } from '../value/trouble.ts'
import { placeOf, type Value } from '../value/value.ts'
import { weightOf } from '../value/weight.ts'
import { select, wholeDomain } from './domain.ts'
import { waiting, type Frame, type Mark } from './frame.ts'
import type { Body } from './plan.ts'

/** Finding the bindings for which a body holds, one variable after the other. */
export type Search = {
  /** Called with the frame's slots set for each model; true ends the search. */
  readonly onModel: () => boolean
  /** Called for each binding, complete or not, that makes the body definitely false; true ends the search. */
  readonly onFalse?: () => boolean
  /** A condition that was neither true nor false; told once for each time. */
  readonly onNeither?: (value: Value) => void
  /** Only models with something of this event or a later one. */
  readonly fromEvent?: number
  /** Marks of bindings that were given up. */
  readonly dropped?: Mark[]
}

type Path = {
  readonly level: number
  /** Whether a condition was neither true nor false. */
  readonly isNeither: boolean
  /** Whether something is bound that is new. */
  readonly hasNew: boolean
  readonly late: ReadonlySet<number> | null
}

/** True if the search was ended. */
export function solve(body: Body, frame: Frame, search: Search): boolean {
  const { meter } = frame.run
  const { made } = meter
  const isEnded = descend(body, frame, search, [], { level: 0, isNeither: false, hasNew: false, late: null })
  meter.made = made
  return isEnded
}

function descend(
  body: Body,
  frame: Frame,
  search: Search,
  domains: (readonly Value[])[],
  path: Path,
): boolean {
  const { marks } = frame.run
  const start = marks.length
  const checked = check(body, frame, search, domains, path)
  if (checked === null) return cut(marks, start, search)
  if (checked === false) return (search.onFalse?.() ?? false) || cut(marks, start, search)
  const next = body.levels[path.level + 1]
  if (next === undefined || next.binder === null) {
    if (!checked.isNeither && search.onModel()) return true
    return cut(marks, start, search)
  }
  if (checked.isNeither && search.onFalse === undefined) return cut(marks, start, search)
  const { slot, type, domain } = next.binder
  const level = path.level + 1
  const values = domain === null ? wholeDomain(frame.run.trace, type) : (domains[domain] ?? [])
  const from = search.fromEvent
  const { meter } = frame.run
  const { made } = meter
  const mustBeNew = from !== undefined && level === body.lastWhole && !path.hasNew
  const below: Path = {
    level,
    isNeither: checked.isNeither,
    hasNew: path.hasNew,
    late: checked.late,
  }
  for (let at = mustBeNew ? firstFrom(values, from) : 0; at < values.length; at++) {
    const value = values[at] ?? null
    countEvaluation(meter)
    // What the binding before has made is held by nobody any more.
    meter.made = made
    frame.slots[slot] = value
    const hasNew = path.hasNew || (from !== undefined && (placeOf(value)?.event ?? -1) >= from)
    if (descend(body, frame, search, domains, hasNew === below.hasNew ? below : { ...below, hasNew: true }))
      return true
  }
  return cut(marks, start, search)
}

/** Values of the whole trace stand in its order. */
function firstFrom(values: readonly Value[], event: number): number {
  let at = values.length
  while (at > 0 && (placeOf(values[at - 1] ?? null)?.event ?? event) >= event) at--
  return at
}

function cut(marks: Mark[], start: number, search: Search): false {
  if (marks.length > start) {
    const dropped = marks.splice(start)
    search.dropped?.push(...dropped)
  }
  return false
}

type Checked = { readonly isNeither: boolean; readonly late: ReadonlySet<number> | null }

/** Runs the steps of one level: false if one is, null if an answer is waited for. */
function check(
  body: Body,
  frame: Frame,
  search: Search,
  domains: (readonly Value[])[],
  path: Path,
): Checked | false | null {
  let { isNeither, late } = path
  for (const step of body.levels[path.level]?.steps ?? []) {
    if (step.time === 'late' && late?.has(step.index) !== true) continue
    const marked = frame.run.marks.length
    let value: Value
    try {
      value = step.code(frame)
    } catch (error) {
      if (error === waiting) return null
      if (step.time !== 'early' || toTrouble(error).kind === 'limit') throw error
      frame.run.marks.length = marked
      late = new Set(late).add(step.index)
      continue
    }
    if (step.kind === 'check') {
      if (value === false) return false
      if (value === true) continue
      isNeither = true
      search.onNeither?.(value)
    } else if (step.kind === 'assign') frame.slots[step.target] = value
    else {
      work(frame.run.meter, weightOf(value))
      domains[step.target] = select(body.levels, step.target, value)
    }
  }
  return isNeither === path.isNeither && late === path.late ? path : { isNeither, late }
}

/** The index of the event that a value is, for keys; -1 for everything else. */
export function eventOf(value: Value): number {
  return isThing(value) && value.type.isEvent ? (value.place?.event ?? -1) : -1
}
