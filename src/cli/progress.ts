import { createPaint, printableLine, wantsColor } from './paint.ts'
import type { World } from './world.ts'

/** One line on the terminal that is written over while a command works. Silent where nobody looks. */
export type Progress = {
  /** The text is only made when it is shown, which is not each time. */
  readonly show: (text: () => string) => void
  /** Takes the line away. */
  readonly end: () => void
}

const everyMs = 100

export function createProgress(world: World): Progress {
  if (!world.isErrorTerminal) return { show: () => undefined, end: () => undefined }
  const paint = createPaint(wantsColor(true, world.environment))
  let shownAt = -Infinity
  return {
    show: (text) => {
      if (world.now() - shownAt < everyMs) return
      shownAt = world.now()
      world.stderr(`\r${paint('dim', printableLine(text()))}\x1b[K`)
    },
    end: () => {
      if (shownAt > -Infinity) world.stderr('\r\x1b[K')
    },
  }
}
