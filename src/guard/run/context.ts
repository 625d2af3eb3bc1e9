import { answerTo, type Questions } from '../ask.ts'
import type { Limits } from '../limits.ts'
import type { Trace } from '../trace/read.ts'
import { checkSize, createMeter, keep } from '../value/meter.ts'
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

/** A mark is an object of two, and so much larger than an item of a list. */
const weightOfMark = 16

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
      run.meter.made += weightOfMark
      checkSize(run.meter, 0)
      marks.push({ place: value.place, part: { text: value.text, from, to } })
    },
    hasDetector: (name) => questions.detectors.has(name),
    detect: (name, text, options) => {
      const detection = answerTo(questions, name, { text, options, isNoted: !run.isLooking })
      if (detection !== undefined) return detection
      if (!run.isLooking) {
        run.missed++
        // It is held until it has been asked.
        keep(run.meter, text.length)
      }
      throw waiting
    },
  }
  return run
}
