import { answerTo, type Questions } from '../ask.ts'
import type { Limits } from '../limits.ts'
import type { Trace } from '../trace/read.ts'
import { createMeter } from '../value/meter.ts'
import type { Dict } from '../value/value.ts'
import { waiting, type Mark, type Run } from './frame.ts'

export type RunOptions = {
  readonly trace: Trace
  readonly limits: Limits
  readonly questions: Questions
  readonly input: Dict
  readonly print: (line: string) => void
  readonly now: () => number
}

/** What all bodies of one judgement share. */
export function createRun({ trace, limits, questions, input, print, now }: RunOptions): Run {
  const marks: Mark[] = []
  const run: Run = {
    meter: createMeter(limits, now),
    trace,
    input,
    marks,
    constants: [],
    missed: 0,
    isLooking: false,
    print,
    mark: (value, from, to) => {
      if (typeof value !== 'object' || value === null || value.kind !== 'text') return
      marks.push({ place: value.place, part: { text: value.text, from, to } })
    },
    hasDetector: (name) => questions.detectors.has(name),
    detect: (name, text, options) => {
      const detection = answerTo(questions, name, { text, options, isNoted: !run.isLooking })
      if (detection !== undefined) return detection
      if (!run.isLooking) run.missed++
      throw waiting
    },
  }
  return run
}
