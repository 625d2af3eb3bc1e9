import type { Clock } from '../core/clock.ts'
import type { Outcome } from '../merge/report.ts'
import type { RawPart, RawReply } from './reader.ts'
import { isBodyless, replayHeaders, statusOf } from './recorded.ts'
import type { Wait } from '../core/wait.ts'

/**
 * A recorded answer served again: the same status and bytes, each read at the moment it came, or so many times
 * faster. Driven by the client's reads, part by part. What did not end properly then does not end properly now:
 * its connection is reset at the same point.
 */
export type ReplayOptions = {
  /** Infinity is at once. */
  readonly speed: number
  readonly now: Clock
  readonly wait: Wait
  /** Of the request: the client has left. */
  readonly signal: AbortSignal
}

const flushMs = 10

type Chunk = { readonly atMs: number; readonly bytes: Uint8Array }

export async function replay(raw: RawReply, options: ReplayOptions): Promise<Response> {
  const { head } = raw
  const status = statusOf(head.status, head.id)
  const startedAt = options.now()
  const until = (recordedMs: number) => waitUntil(startedAt + recordedMs / options.speed, options)
  await until(head.timing.answeredMs ?? 0)
  const body = isBodyless(status) ? null : bodyOf(raw, until, options)
  return new Response(body, { status, headers: replayHeaders(raw.headers, head.id) })
}

function bodyOf(
  raw: RawReply,
  until: (recordedMs: number) => Promise<void>,
  { wait, signal }: ReplayOptions,
): ReadableStream<Uint8Array> {
  const chunks = chunksOf(raw.parts)
  let left = false
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await chunks.next()
        await until(done ? (raw.head.timing.endedMs ?? 0) : value.atMs)
        if (left || signal.aborted) return
        if (!done) return controller.enqueue(value.bytes)
        if (isWhole(raw.head.outcome)) return controller.close()
        // A reset drops what the kernel has not been given yet: let the last bytes go first.
        await wait(flushMs, signal)
        // Bun resets the connection when a body fails, and prints what it fails with unless that is undefined.
        controller.error(undefined)
      },
      async cancel() {
        left = true
        await chunks.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}

async function waitUntil(moment: number, { now, wait, signal }: ReplayOptions): Promise<void> {
  const ms = moment - now()
  // Under a millisecond a timer is later than no timer.
  if (ms >= 1) await wait(ms, signal)
}

/** The reads of an answer, one by one. Bytes without a read of their own come with the last one. */
async function* chunksOf(parts: AsyncIterable<RawPart>): AsyncGenerator<Chunk, undefined> {
  let atMs = 0
  for await (const { bytes, reads } of parts) {
    let at = 0
    for (let read = 0; read + 1 < reads.length && at < bytes.length; read += 2) {
      atMs = (reads[read] ?? 0) / 1000
      const end = Math.min(at + (reads[read + 1] ?? 0), bytes.length)
      if (end > at) yield { atMs, bytes: bytes.subarray(at, end) }
      at = end
    }
    if (at < bytes.length) yield { atMs, bytes: bytes.subarray(at) }
  }
  return undefined
}

function isWhole(outcome: Outcome): boolean {
  return outcome === 'answered' || outcome === 'failed'
}
