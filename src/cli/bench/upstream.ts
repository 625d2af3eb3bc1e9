import type { Socket } from 'bun'
import {
  streamBlock,
  streamBlockBytes,
  streamEvent,
  streamHead,
  streamLast,
  toMessage,
  wholeAnswer,
} from './answers.ts'
import { createMessageReader } from './message.ts'

/**
 * The benchmarks' provider, on raw sockets so that it takes as little as possible of the cores that it shares with what
 * is measured. The query says how to answer: `?events=100&gap=10` streams an event each 10 ms, `?bytes=4000000` streams
 * as fast as it is read, nothing is a JSON answer. `GET /peak` tells how many streams have been open at once.
 */
export type Upstream = { readonly port: number; readonly stop: () => void }

type Stream = { left: number; readonly gapMs: number; dueAt: number; isWaiting: boolean }

type Link = {
  readonly push: (chunk: Uint8Array) => void
  /** What the socket did not take yet. */
  rest: Uint8Array | null
  stream: Stream | null
  blocksLeft: number
}

type Shared = { readonly streams: Set<Socket<Link>>; peak: number }

// One clock for all streams: with one timer each, 200 of them cost more than what is measured.
const tickMs = 1

export function startUpstream(): Upstream {
  const shared: Shared = { streams: new Set(), peak: 0 }
  const server = Bun.listen<Link>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open: (socket) => void (socket.data = createLink(socket, shared)),
      data: (socket, chunk) => socket.data.push(chunk),
      drain: flow,
      close: (socket) => void shared.streams.delete(socket),
      error: (socket) => void shared.streams.delete(socket),
    },
  })
  const clock = setInterval(() => beat(shared), tickMs)
  return { port: server.port, stop: () => (clearInterval(clock), server.stop(true)) }
}

function createLink(socket: Socket<Link>, shared: Shared): Link {
  let target = ''
  const reader = createMessageReader(
    {
      head: (text) => (target = text.slice(text.indexOf(' ') + 1, text.indexOf(' HTTP/'))),
      body: () => {},
      end: () => answer(socket, target, shared),
    },
    'empty',
  )
  socket.setNoDelay(true)
  return { push: reader.push, rest: null, stream: null, blocksLeft: 0 }
}

function answer(socket: Socket<Link>, target: string, shared: Shared): void {
  if (target.endsWith('/peak')) return tellPeak(socket, shared)
  const query = new URLSearchParams(target.slice(target.indexOf('?') + 1))
  const events = Number(query.get('events') ?? 0)
  const bytes = Number(query.get('bytes') ?? 0)
  if (events > 0) return startStream(socket, { events, gapMs: Number(query.get('gap') ?? 0) }, shared)
  if (bytes === 0) return send(socket, wholeAnswer)
  socket.data.blocksLeft = Math.ceil(bytes / streamBlockBytes)
  send(socket, streamHead)
  flow(socket)
}

function tellPeak(socket: Socket<Link>, shared: Shared): void {
  send(socket, toMessage(JSON.stringify({ peak: shared.peak })))
  shared.peak = shared.streams.size
}

function startStream(
  socket: Socket<Link>,
  { events, gapMs }: { readonly events: number; readonly gapMs: number },
  shared: Shared,
): void {
  if (gapMs === 0) {
    const middle = Array.from({ length: events }, () => streamEvent)
    return send(socket, Buffer.concat([streamHead, ...middle, streamLast]))
  }
  send(socket, Buffer.concat([streamHead, streamEvent]))
  socket.data.stream = { left: events - 1, gapMs, dueAt: performance.now() + gapMs, isWaiting: true }
  shared.streams.add(socket)
  shared.peak = Math.max(shared.peak, shared.streams.size)
}

/** One event for each stream that is due. A beat that comes late is not made up for in one write. */
function beat({ streams }: Shared): void {
  const now = performance.now()
  for (const socket of streams) {
    const { stream } = socket.data
    if (stream === null || stream.dueAt > now) continue
    stream.dueAt += stream.gapMs
    const isLast = stream.left-- <= 0
    if (isLast) streams.delete(socket)
    send(socket, isLast ? streamLast : streamEvent)
  }
}

function flow(socket: Socket<Link>): void {
  const { data } = socket
  if (data.rest !== null && !push(socket, data.rest)) return
  while (data.blocksLeft > 0) {
    if (--data.blocksLeft === 0) return void push(socket, streamLast)
    if (!push(socket, streamBlock)) return
  }
}

function send(socket: Socket<Link>, bytes: Uint8Array): void {
  const { data } = socket
  if (data.rest === null) push(socket, bytes)
  else data.rest = Buffer.concat([data.rest, bytes])
}

/** False if the socket takes no more now; `drain` goes on then. */
function push(socket: Socket<Link>, bytes: Uint8Array): boolean {
  const written = Math.max(0, socket.write(bytes))
  socket.data.rest = written < bytes.byteLength ? bytes.subarray(written) : null
  return socket.data.rest === null
}
