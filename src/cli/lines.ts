/**
 * Lines on their way to whoever reads the log, who never holds us up: they are gathered for a moment (a write for each
 * exchange would cost 5 µs of the main thread), wait while a reader stands still, and past a bound are dropped and
 * counted. A log that nobody takes (its reader gone, its disk full) loses lines, and stops nothing.
 */
export type LineWriter = {
  readonly write: (line: string) => void
  /** Kept once everything has been taken, or this time is over. */
  readonly flush: (mostMs: number) => Promise<void>
  /** What has not been given to anybody yet, for who has no time to wait; it is not written any more. */
  readonly rest: () => string
  /** Since the start. */
  readonly droppedLines: () => number
}

export type LineWriterOptions = {
  /** Kept once the text has been taken. One at a time. */
  readonly write: (text: string) => Promise<void>
  /** The line that tells how many are missing where it stands. */
  readonly toldOf: (droppedLines: number) => string
  readonly mostBytes: number
}

const gatherMs = 50

export function createLineWriter({ write, toldOf, mostBytes }: LineWriterOptions): LineWriter {
  let lines: string[] = []
  let heldBytes = 0
  let untold = 0
  let droppedLines = 0
  let timer: Timer | undefined
  let pouring: Promise<void> | undefined

  function drop(count: number): void {
    untold += count
    droppedLines += count
  }

  function add(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (heldBytes + bytes > mostBytes) return drop(1)
    lines.push(line)
    heldBytes += bytes
    if (pouring === undefined) timer ??= setTimeout(start, gatherMs)
  }

  function start(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    return (pouring ??= pour().finally(() => (pouring = undefined)))
  }

  async function pour(): Promise<void> {
    while (lines.length > 0) {
      const count = lines.length
      const text = rest()
      const told = untold
      untold = 0
      // Until it has been taken it is held as before.
      const bytes = Buffer.byteLength(text)
      heldBytes += bytes
      if (!(await isTaken(told === 0 ? text : text + toldOf(told)))) {
        // The gap is told where the log goes on.
        untold += told
        drop(count)
      }
      heldBytes -= bytes
    }
  }

  async function isTaken(text: string): Promise<boolean> {
    try {
      await write(text)
      return true
    } catch (error) {
      // EPIPE, ENOSPC, EIO: there is nowhere left to say it.
      if (error instanceof Error && 'code' in error) return false
      throw error
    }
  }

  async function flush(mostMs: number): Promise<void> {
    let late: Timer | undefined
    await Promise.race([start(), new Promise<void>((resolve) => (late = setTimeout(resolve, mostMs)))])
    clearTimeout(late)
  }

  function rest(): string {
    const text = lines.join('')
    lines = []
    heldBytes -= Buffer.byteLength(text)
    return text
  }

  return { write: add, flush, rest, droppedLines: () => droppedLines }
}
