import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { until } from './until.ts'

/**
 * A provider on a raw socket: sees every byte that comes, and says and does anything at any byte. One call is one
 * request; a connection that is kept alive brings one call after another.
 */
export type Call = {
  /** The request's line and headers, as they came. */
  readonly head: string
  readonly target: string
  readonly method: string
  readonly header: (name: string) => string | undefined
  /** Everything behind the head so far, framing included. */
  readonly came: () => Buffer
  /** The body without its framing, once all of it is here. */
  readonly body: () => Promise<Buffer>
  readonly send: (bytes: string | Uint8Array) => void
  /** Bytes that wait because the other side does not read. */
  readonly waiting: () => number
  /** Kept once none of them waits any more, or nobody will take them. */
  readonly drained: () => Promise<void>
  readonly end: () => void
  readonly reset: () => void
  readonly connection: number
  readonly isClosed: () => boolean
  /** Kept with the moment (`performance.now()`) at which the other side let go. */
  readonly closed: Promise<number>
}

export type Provider = {
  readonly url: string
  readonly port: number
  readonly calls: Call[]
  /** Connections that were made, and all bytes of all of them. */
  readonly connections: () => number
  readonly received: () => Buffer
  readonly stop: () => Promise<void>
}

export type Answer = (call: Call, number: number) => unknown

export async function createProvider(answer: Answer, tls?: TlsOptions): Promise<Provider> {
  const calls: Call[] = []
  const sockets = new Set<Socket>()
  const received: Buffer[] = []
  const connect = (socket: Socket): void => {
    sockets.add(socket)
    listen(socket, sockets.size, {
      keep: (bytes) => received.push(bytes),
      // A script that waits for what does not come lets go of its caller.
      take: (call) => void Promise.resolve(answer(call, calls.push(call))).catch(call.reset),
    })
  }
  const server: Server = tls === undefined ? createServer(connect) : createTlsServer(tls, connect)
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    calls,
    connections: () => sockets.size,
    received: () => Buffer.concat(received),
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** An answer with a length. */
export function whole(body: string | Uint8Array, more: readonly string[] = [], status = '200 OK'): Buffer {
  const lines = [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, ...more]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)])
}

/** The head of an answer that comes in chunks. */
export function chunkedHead(contentType = 'text/event-stream', more: readonly string[] = []): string {
  const lines = ['HTTP/1.1 200 OK', `Content-Type: ${contentType}`, 'Transfer-Encoding: chunked', ...more]
  return `${lines.join('\r\n')}\r\n\r\n`
}

export function chunk(bytes: string | Uint8Array): Buffer {
  const size = Buffer.from(`${Buffer.byteLength(bytes).toString(16)}\r\n`)
  return Buffer.concat([size, Buffer.from(bytes), Buffer.from('\r\n')])
}

export const lastChunk = '0\r\n\r\n'

type Listener = { readonly keep: (bytes: Buffer) => void; readonly take: (call: Call) => void }

function listen(socket: Socket, connection: number, { keep, take }: Listener): void {
  // What has come of the call at hand; a call is over when its whole body is here and the next head begins.
  let gathered: Buffer = Buffer.alloc(0)
  let headEnd = -1
  const closed = Promise.withResolvers<number>()
  let isClosed = false
  const close = (): void => {
    isClosed = true
    closed.resolve(performance.now())
  }
  const read = (): void => {
    if (headEnd !== -1) {
      const body = bodyIn(gathered, headEnd)
      if (body === null || body.end >= gathered.length) return
      gathered = gathered.subarray(body.end)
      headEnd = -1
    }
    const end = gathered.indexOf('\r\n\r\n')
    if (end === -1) return
    headEnd = end + 4
    const mine = gathered.subarray(0, headEnd).toString('latin1')
    const current = () => (gathered.subarray(0, headEnd).toString('latin1') === mine ? gathered : null)
    take(
      createCall({
        socket,
        connection,
        head: mine,
        current,
        closed: closed.promise,
        isClosed: () => isClosed,
      }),
    )
  }
  socket.on('data', (bytes: Buffer) => {
    keep(bytes)
    gathered = Buffer.concat([gathered, bytes])
    read()
  })
  socket.on('error', close)
  socket.on('end', close)
  socket.on('close', close)
}

type Line = Pick<Call, 'head' | 'connection' | 'closed' | 'isClosed'> & {
  readonly socket: Socket
  readonly current: () => Buffer | null
}

function createCall({ socket, current, head, connection, closed, isClosed }: Line): Call {
  const [method = '', target = ''] = head.split(' ', 2)
  let last: Buffer = Buffer.alloc(0)
  const came = (): Buffer => {
    last = current() ?? last
    return last.subarray(head.length)
  }
  return {
    head,
    method,
    target,
    header: (name) => headerIn(head, name),
    came,
    body: async () => {
      const found = await until('a whole request body', () => {
        came()
        return bodyIn(last, head.length)
      })
      return found.bytes
    },
    send: (bytes) => void (isClosed() || socket.write(bytes)),
    waiting: () => socket.writableLength,
    drained: () =>
      new Promise((resolve) => {
        if (socket.writableLength === 0 || isClosed()) return resolve()
        const over = () => {
          socket.off('drain', over)
          socket.off('close', over)
          resolve()
        }
        socket.on('drain', over)
        socket.on('close', over)
      }),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    connection,
    isClosed,
    closed,
  }
}

export function headerIn(head: string, name: string): string | undefined {
  const line = head.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line?.slice(name.length + 1).trim()
}

type Framed = { readonly bytes: Buffer; readonly end: number }

/** Null as long as the body is not whole. */
function bodyIn(gathered: Buffer, headEnd: number): Framed | null {
  const head = gathered.subarray(0, headEnd).toString('latin1')
  if (headerIn(head, 'transfer-encoding') === 'chunked') return unchunked(gathered, headEnd)
  const end = headEnd + Number(headerIn(head, 'content-length') ?? 0)
  return gathered.length < end ? null : { bytes: gathered.subarray(headEnd, end), end }
}

/** Null as long as the last chunk has not come. */
export function unchunked(bytes: Buffer, from: number): Framed | null {
  const parts: Buffer[] = []
  let at = from
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return null
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    const start = lineEnd + 2
    if (size === 0) return { bytes: Buffer.concat(parts), end: start + 2 }
    if (bytes.length < start + size + 2) return null
    parts.push(bytes.subarray(start, start + size))
    at = start + size + 2
  }
}
