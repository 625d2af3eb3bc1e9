/** Sharing the main thread: work that could hold it for long is done in turns, and only so much of it at once. */

/** Lets everybody else have a turn: what was waiting for this thread comes first, then the caller goes on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

/** Runs so many at once; the others wait, first come, first served. */
export function createLanes(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = count
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // A lane that somebody waits for is handed on and never free.
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
