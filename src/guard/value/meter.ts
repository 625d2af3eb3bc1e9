import type { Limits } from '../limits.ts'
import { trouble } from './trouble.ts'

/** Counts what one evaluation has used up, and ends it in time. */
export type Meter = {
  readonly limits: Limits
  evaluations: number
  regexSteps: number
  depth: number
  readonly end: number
  readonly now: () => number
}

/** The clock is asked once in so many evaluations: asking costs as much as a small rule. */
const between = 64

export function createMeter(limits: Limits, now: () => number): Meter {
  return { limits, evaluations: 0, regexSteps: 0, depth: 0, end: now() + limits.milliseconds, now }
}

export function countEvaluation(meter: Meter): void {
  meter.evaluations++
  if (meter.evaluations > meter.limits.evaluations) {
    trouble('limit', `the policy needs more than ${meter.limits.evaluations} evaluations`)
  }
  if (meter.evaluations % between === 0) checkTime(meter)
}

export function checkTime(meter: Meter): void {
  if (meter.now() > meter.end)
    trouble('limit', `the policy takes longer than ${meter.limits.milliseconds} ms`)
}

export function countSteps(meter: Meter, steps: number): void {
  meter.regexSteps += steps
  if (meter.regexSteps > meter.limits.regexSteps) {
    trouble('limit', 'a regular expression of this policy takes too many steps')
  }
}

export function checkSize(meter: Meter, size: number): void {
  if (size > meter.limits.size) trouble('limit', `a value of this policy is larger than ${meter.limits.size}`)
}

export function deeper<Result>(meter: Meter, run: () => Result): Result {
  if (meter.depth >= meter.limits.depth)
    trouble('limit', `the policy is nested deeper than ${meter.limits.depth}`)
  meter.depth++
  try {
    return run()
  } finally {
    meter.depth--
  }
}
