import type { Frame } from './frames.ts'
import type { Said } from './mask/frame.ts'
import type { Level } from './tails.ts'

/** Frames that wait for their verdict, and how far each of them stands on its own. */
export type Waiting = Frame & {
  /** Where its texts stand in the answer's; absent where nothing is to be masked. */
  readonly said?: readonly Said[]
}

export type Queue = {
  readonly push: (frame: Waiting, level: Level) => void
  /** What came last stands further than was known when it came. */
  readonly lift: (level: Level) => void
  readonly has: (level: Level) => boolean
  /** All up to the last one that stands so far. */
  readonly take: (level: Level) => readonly Waiting[]
  readonly bytes: () => number
}

export function createQueue(): Queue {
  let frames: Waiting[] = []
  let bytes = 0
  // How many frames there are up to the last one of each level.
  let until: [number, number, number, number] = [0, 0, 0, 0]
  const lift = (level: Level): void => {
    for (let at = 0; at <= level; at++) until[at] = frames.length
  }
  return {
    push: (frame, level) => {
      frames.push(frame)
      bytes += frame.bytes.length
      lift(level)
    },
    lift,
    has: (level) => until[level] > 0,
    take: (level) => {
      const count = until[level]
      const taken = frames.slice(0, count)
      frames = frames.slice(count)
      const [any, word, sentence, end] = until
      const less = (each: number) => Math.max(0, each - count)
      until = [less(any), less(word), less(sentence), less(end)]
      for (const frame of taken) bytes -= frame.bytes.length
      return taken
    },
    bytes: () => bytes,
  }
}
