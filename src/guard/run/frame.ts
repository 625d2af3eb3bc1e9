import type { Place, Context, Dict, Value } from '../value/value.ts'

/** What runs: the values of one body's variables, and what all bodies of one evaluation share. */
export type Frame = { readonly run: Run; readonly slots: Value[] }

export type Run = Context & {
  readonly input: Dict
  /** Marks of the binding that is being tried; cut back when it is given up. */
  readonly marks: Mark[]
  /** Constants that were computed already. */
  readonly constants: (Value | undefined)[]
  /** How often a detector's answer was not there yet. */
  missed: number
}

export type Mark = {
  readonly place: Place
  /** The marked part of the string that stands there, null for the whole. */
  readonly part: { readonly text: string; readonly from: number; readonly to: number } | null
}

export type Code = (frame: Frame) => Value

/** Thrown where an answer is waited for: this binding cannot be judged now, others can. */
export const waiting = new Error('a detector has not answered yet')

/** Marks one value as a whole, if it stands in the trace. */
export function markWhole(run: Run, value: Value): void {
  if (typeof value !== 'object' || value === null || !('place' in value)) return
  if (value.place !== null) run.marks.push({ place: value.place, part: null })
}
