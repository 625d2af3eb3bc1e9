import { connect, type Socket } from 'node:net'
import { headerIn } from './provider.ts'
import { until } from './until.ts'

/** A client on a raw socket, which sees how an answer ends: by its own framing, by a close, or by a reset. */
export type Ending = 'clean' | 'closed' | 'reset' | 'open'

export type Reply = {
  readonly status: number
  /** The line and headers, as they came. */
  readonly head: string
  readonly header: (name: string) => string | undefined
  readonly headers: (name: string) => string[]
  /** Without its framing, as far as it has come. */
  readonly body: Buffer
  readonly ending: Ending
}

export type Client = {
  readonly socket: Socket
  readonly send: (bytes: string | Uint8Array) => void
  /** All bytes so far. */
  readonly came: () => Buffer
  readonly reply: () => Reply
  /** Kept once the answer has its headers. */
  readonly headed: () => Promise<Reply>
  /** Kept once so many bytes of the body are here. */
  readonly got: (text: string) => Promise<Reply>
  /** Kept once the answer has ended in any way. */
  readonly ended: (mostMs?: number) => Promise<Reply>
  readonly leave: () => void
  readonly pause: () => void
  readonly resume: () => void
}

export type Ask = {
  readonly method?: string
  readonly path: string
  readonly headers?: readonly string[]
  readonly body?: string | Uint8Array
}

export async function openClient(url: string): Promise<Client> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const parts: Buffer[] = []
  let ending: Ending = 'open'
  socket.on('data', (bytes: Buffer) => void parts.push(bytes))
  socket.on('error', () => void (ending = 'reset'))
  socket.on('close', () => void (ending = ending === 'open' ? 'closed' : ending))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const came = () => {
    if (parts.length > 1) parts.splice(0, parts.length, Buffer.concat(parts))
    return parts[0] ?? Buffer.alloc(0)
  }
  const reply = () => readReply(came(), ending)
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    came,
    reply,
    headed: () => until('the head of an answer', () => nowOr(reply(), (now) => now.status !== 0)),
    got: (text) => until(`"${text}" in an answer`, () => nowOr(reply(), (now) => now.body.includes(text))),
    ended: (mostMs) =>
      until('the end of an answer', () => nowOr(reply(), (now) => now.ending !== 'open'), mostMs),
    leave: () => void socket.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  }
}

function nowOr(reply: Reply, isIt: (reply: Reply) => boolean): Reply | null {
  return isIt(reply) ? reply : null
}

/** One request over a connection of its own, up to the end of its answer. */
export async function ask(url: string, what: Ask): Promise<Reply> {
  const client = await openAsk(url, what)
  const reply = await client.ended()
  client.leave()
  return reply
}

export async function openAsk(url: string, what: Ask): Promise<Client> {
  const client = await openClient(url)
  client.send(requestBytes(what))
  return client
}

export function requestBytes({ method, path, headers = [], body }: Ask): Buffer {
  const verb = method ?? (body === undefined ? 'GET' : 'POST')
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const lines = [`${verb} ${path} HTTP/1.1`, 'Host: weir.test', ...length, ...headers]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body ?? '')])
}

const nothing = Buffer.alloc(0)

function readReply(came: Buffer, ending: Ending): Reply {
  const { start, end: headEnd } = findHead(came)
  const head = came.subarray(start, headEnd).toString('latin1')
  const status = Number(head.slice(9, 12))
  const { bytes, isWhole } =
    headEnd === 0 ? { bytes: nothing, isWhole: false } : readBody(head, came.subarray(headEnd), status)
  return {
    status,
    head,
    header: (name) => headerIn(head, name),
    headers: (name) => {
      const prefix = `${name.toLowerCase()}:`
      const lines = head.split('\r\n').filter((line) => line.toLowerCase().startsWith(prefix))
      return lines.map((line) => line.slice(prefix.length).trim())
    },
    body: bytes,
    ending: isWhole ? 'clean' : ending,
  }
}

/** The head of the final answer, empty until it is whole: those of 1xx come before it. */
function findHead(came: Buffer): { start: number; end: number } {
  let start = 0
  for (;;) {
    const end = came.indexOf('\r\n\r\n', start)
    if (end === -1) return { start: 0, end: 0 }
    if (came.subarray(start + 9, start + 10).toString() !== '1') return { start, end: end + 4 }
    start = end + 4
  }
}

function readBody(head: string, bytes: Buffer, status: number): { bytes: Buffer; isWhole: boolean } {
  if (status === 204 || status === 304) return { bytes, isWhole: true }
  if (headerIn(head, 'transfer-encoding') === 'chunked') return readChunks(bytes)
  const length = headerIn(head, 'content-length')
  return { bytes, isWhole: length !== undefined && bytes.length >= Number(length) }
}

/** Also of a body that is cut: what had come of it. */
function readChunks(came: Buffer): { bytes: Buffer; isWhole: boolean } {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = came.indexOf('\r\n', at)
    const size =
      lineEnd === -1 ? Number.NaN : Number.parseInt(came.subarray(at, lineEnd).toString('latin1'), 16)
    if (Number.isNaN(size)) return { bytes: Buffer.concat(parts), isWhole: false }
    if (size === 0) return { bytes: Buffer.concat(parts), isWhole: came.length >= lineEnd + 4 }
    parts.push(came.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
}
