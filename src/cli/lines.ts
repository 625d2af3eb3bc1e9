/**
 * Lines gathered for a moment: a write for each exchange would cost 5 µs of the main thread. A log that nobody takes
 * (its reader gone, its disk full) loses lines, and stops nothing.
 */
export type LineWriter = { readonly write: (line: string) => void; readonly flush: () => void }

const gatherMs = 50

export function createLineWriter(write: (text: string) => void): LineWriter {
  let lines = ''

  function flush(): void {
    const text = lines
    lines = ''
    try {
      if (text !== '') write(text)
    } catch (error) {
      if (!isFromSystem(error)) throw error
    }
  }

  return {
    write: (line) => {
      if (lines === '') setTimeout(flush, gatherMs)
      lines += line
    },
    flush,
  }
}

/** EPIPE, ENOSPC, EIO: there is nowhere left to say it. */
function isFromSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error
}
