import type { Socket } from 'bun'
import { createMessageReader } from './message.ts'

/** One connection of a load: a request is written, its answer is timed. Raw, for first bytes without jitter. */
export type Target = { readonly port: number; readonly path: string }

export type Answer = {
  readonly status: number
  readonly firstByteMs: number
  readonly endedMs: number
  readonly bytes: number
}

export type Line = {
  /** The answer once it is whole; rejects if the connection ends before that. */
  readonly ask: (request: readonly Uint8Array[]) => Promise<Answer>
  /** Of the answer's body, so far. */
  readonly bytes: () => number
  readonly socket: Socket
  readonly close: () => void
}

type Pending = {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  readonly sentAt: number
  status: number
  firstByteMs: number
  bytes: number
}

export async function connect(port: number): Promise<Line> {
  let pending: Pending | null = null
  let rest: Uint8Array[] = []
  const reader = createMessageReader({ head, body, end }, 'until-close')
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data: (_, chunk) => reader.push(chunk),
      drain: write,
      close: () => pending?.reject(new Error('The connection ended before the answer did')),
      error: (_, error) => pending?.reject(error),
    },
  })
  socket.setNoDelay(true)

  function ask(request: readonly Uint8Array[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      pending = { resolve, reject, sentAt: performance.now(), status: 0, firstByteMs: NaN, bytes: 0 }
      rest = [...request]
      write()
    })
  }

  function write(): void {
    for (let [next] = rest; next !== undefined; [next] = rest) {
      const written = Math.max(0, socket.write(next))
      if (written < next.byteLength) return void (rest[0] = next.subarray(written))
      rest.shift()
    }
  }

  function head(text: string): void {
    if (pending !== null) pending.status = Number(text.slice(9, 12))
  }

  function body(bytes: number): void {
    if (pending === null) return
    if (pending.bytes === 0) pending.firstByteMs = performance.now() - pending.sentAt
    pending.bytes += bytes
  }

  function end(): void {
    if (pending === null) return
    const { resolve, status, firstByteMs, bytes, sentAt } = pending
    pending = null
    resolve({ status, firstByteMs, bytes, endedMs: performance.now() - sentAt })
  }

  return { ask, bytes: () => pending?.bytes ?? 0, socket, close: () => void socket.end() }
}

/** The bytes of a POST; the body is given in pieces, so that many requests may share most of theirs. */
export function toRequest({ port, path }: Target, body: readonly Uint8Array[]): Uint8Array[] {
  const length = body.reduce((sum, piece) => sum + piece.byteLength, 0)
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\nauthorization: Bearer bench\r\naccept: */*\r\ncontent-length: ${length}\r\n\r\n`
  // A short request is one write, as clients do it.
  return length < 16_384 ? [Buffer.concat([Buffer.from(head), ...body])] : [Buffer.from(head), ...body]
}
