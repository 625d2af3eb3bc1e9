import type { Limits } from '../limits.ts'
import { trouble } from './trouble.ts'

/** Counts what one evaluation has used up, and ends it in time. */
export type Meter = {
  readonly limits: Limits
  evaluations: number
  regexSteps: number
  depth: number
  /** About nanoseconds, since the clock was asked. */
  worked: number
  /** Characters and items made on the way to the binding that is being tried (run/body.ts), and those kept for good. */
  made: number
  kept: number
  end: number
  readonly now: () => number
}

/** The clock is asked once in so much work: asking costs as much as a small rule. */
const between = 50_000
const workOfEvaluation = 800
const workOfStep = 8

export function createMeter(limits: Limits, now: () => number): Meter {
  const end = now() + limits.milliseconds
  return { limits, evaluations: 0, regexSteps: 0, depth: 0, worked: 0, made: 0, kept: 0, end, now }
}

/** Whatever can take long says how long about, in nanoseconds; too much is no harm. */
export function work(meter: Meter, amount: number): void {
  meter.worked += amount
  if (meter.worked < between) return
  meter.worked = 0
  checkTime(meter)
}

export function checkTime(meter: Meter): void {
  if (meter.now() > meter.end)
    trouble('limit', `the policy takes longer than ${meter.limits.milliseconds} ms`)
}

export function countEvaluation(meter: Meter): void {
  meter.evaluations++
  if (meter.evaluations > meter.limits.evaluations) {
    trouble('limit', `the policy needs more than ${meter.limits.evaluations} evaluations`)
  }
  work(meter, workOfEvaluation)
}

export function countSteps(meter: Meter, steps: number): void {
  meter.regexSteps += steps
  if (meter.regexSteps > meter.limits.regexSteps) {
    trouble('limit', 'a regular expression of this policy takes too many steps')
  }
  work(meter, steps * workOfStep)
}

/** Before something of that size is made. */
export function checkSize(meter: Meter, size: number): void {
  if (size > meter.limits.size) trouble('limit', `a value of this policy is larger than ${meter.limits.size}`)
  if (meter.made + meter.kept + size > meter.limits.memory) {
    trouble('limit', `the values of this policy are larger than ${meter.limits.memory} together`)
  }
  work(meter, size)
}

/** What is held until the judgement is over. */
export function keep(meter: Meter, size: number): void {
  meter.kept += size
  checkSize(meter, 0)
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
