import { writeSync } from 'node:fs'

/**
 * Writing that waits for its reader and fails when the reader has gone. `process.stdout` does neither: it gathers
 * what a slow reader has not taken, and tells EPIPE in an event, long after the command has gone on.
 */
export function createOutput(descriptor: number): (data: string | Uint8Array) => void {
  const encoder = new TextEncoder()
  return (data) => {
    const bytes = typeof data === 'string' ? encoder.encode(data) : data
    for (let at = 0; at < bytes.length;) at += writeSome(descriptor, bytes.subarray(at))
  }
}

/** Last words: as much as is taken without waiting. Whoever says them has nobody to tell what went wrong with that. */
export function writeAtOnce(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

/**
 * Writing to stderr that waits for its reader beside everything else, whatever stderr is: a pipe, a socket (as under
 * systemd), a file. Fails when the reader has gone or the disk is full. A terminal is written to at once: to make it one
 * that does not wait would do so for the shell too, which shares it.
 */
export function createUnhurriedErrors(isTerminal: boolean): (text: string) => Promise<void> {
  if (isTerminal) {
    const write = createOutput(2)
    return async (text) => write(text)
  }
  const writer = Bun.stderr.writer()
  let gone: unknown
  return async (text) => {
    if (gone !== undefined) throw gone
    try {
      await writer.write(text)
      await writer.flush()
    } catch (error) {
      // Once only: to the next texts Bun says that they were taken.
      if (isCoded(error, 'EPIPE')) gone = error
      throw error
    }
  }
}

function isCoded(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

const pauseMs = 2

/** How many bytes the system took; none if the pipe is full and its other end made it not wait (EAGAIN). */
function writeSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // A socket, which some parents give in place of a pipe, says it so when its reader left something unread.
    if (code === 'ECONNRESET')
      throw Object.assign(new Error('The reader has gone', { cause: error }), { code: 'EPIPE' })
    if (code !== 'EAGAIN') throw error
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    return 0
  }
}
