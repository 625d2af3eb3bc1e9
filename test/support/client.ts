import { connect, type Socket } from 'node:net'
import { headerIn } from './provider.ts'
import { createReplyReader, type ReplyReader } from './reply.ts'
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
  /** How many they are. */
  readonly size: () => number
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
  /** Goes on, and pauses again once so many bytes more are here, or nothing more comes. */
  readonly read: (bytes: number) => Promise<void>
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
  const reader = createReplyReader()
  let size = 0
  socket.on('data', (bytes: Buffer) => {
    parts.push(bytes)
    size += bytes.length
    reader.feed(bytes)
  })
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
  const reply = () => replyOf(reader, ending)
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    came,
    size: () => size,
    reply,
    headed: () => until('the head of an answer', () => nowOr(reply(), (now) => now.status !== 0)),
    got: (text) => until(`"${text}" in an answer`, () => nowOr(reply(), (now) => now.body.includes(text))),
    ended: (mostMs) =>
      until('the end of an answer', () => nowOr(reply(), (now) => now.ending !== 'open'), mostMs),
    leave: () => void socket.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    read: (bytes) =>
      new Promise((resolve) => {
        const most = size + bytes
        const look = () => {
          if (size < most) return
          socket.pause()
          socket.off('data', look)
          resolve()
        }
        socket.on('data', look)
        socket.once('close', () => resolve())
        socket.resume()
      }),
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

function replyOf(reader: ReplyReader, ending: Ending): Reply {
  const head = reader.head()
  return {
    status: Number(head.slice(9, 12)),
    head,
    header: (name) => headerIn(head, name),
    headers: (name) => {
      const prefix = `${name.toLowerCase()}:`
      const lines = head.split('\r\n').filter((line) => line.toLowerCase().startsWith(prefix))
      return lines.map((line) => line.slice(prefix.length).trim())
    },
    get body() {
      return reader.body()
    },
    ending: reader.isWhole() ? 'clean' : ending,
  }
}
