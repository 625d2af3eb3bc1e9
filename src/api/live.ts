import type { Clock } from '../core/clock.ts'
import { Fault } from '../core/fault.ts'
import { causeOf, type Log } from '../core/log.ts'
import type { TraceHead } from '../trace/trace.ts'
import type { TraceReader } from './reader.ts'
import type { Wait } from '../core/wait.ts'

/**
 * Finished traces as server-sent events, driven by the client's reads. The store is the buffer: all that is kept
 * for a reader is its cursor, so a slow one costs nothing. One that has not caught up for so long is told `gap`
 * and goes on at the newest. The cursor is the event id, once for each group that was stored together: a client
 * that comes back with `Last-Event-ID` misses nothing, but may be told the rest of its last group again.
 */
export type LiveOptions = {
  readonly traces: Pick<TraceReader, 'after'>
  readonly subscribe: (listener: () => void) => () => void
  readonly now: Clock
  readonly wait: Wait
  readonly log: Log
}

export type Live = (lastEventId: string | null, signal: AbortSignal) => Response

export const commentMs = 15_000
/** How long a reader may take to catch up, from its connection or from when it last had everything. */
export const mostLagMs = 30_000
export const mostReaders = 100
export const tracesAtOnce = 500

const encoder = new TextEncoder()

export function createLive(options: LiveOptions): Live {
  let readers = 0
  return (lastEventId, signal) => {
    if (readers >= mostReaders)
      throw new Fault('overloaded', `As many as may be, ${mostReaders}, read the live feed`, {
        retryAfterSeconds: 5,
      })
    readers++
    const feed = createFeed(checked(lastEventId), options)
    let isOver = false
    let hasLeft = false
    const over = () => {
      if (isOver) return
      isOver = true
      readers--
      feed.stop()
    }
    signal.addEventListener('abort', over)
    if (signal.aborted) over()
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const text = await feed.next()
            if (hasLeft) return
            if (text === null) return controller.close()
            controller.enqueue(encoder.encode(text))
          } catch (error) {
            over()
            options.log('error', 'live-feed-failed', { cause: causeOf(error) })
            // What a body fails with is printed by Bun, unless it is undefined.
            controller.error(undefined)
          }
        },
        cancel: () => {
          hasLeft = true
          over()
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { headers: eventHeaders })
  }
}

const eventHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Buffering proxies would hold events back.
  'x-accel-buffering': 'no',
}

/** One reader: what it is told next, null when it has left. */
function createFeed(from: string | null, { traces, subscribe, now, wait }: LiveOptions) {
  const leaving = new AbortController()
  const bell = createBell()
  const unsubscribe = subscribe(bell.ring)
  let cursor = from
  let isOpen = false
  let caughtUpAt = now()

  const open = async (): Promise<string> => {
    isOpen = true
    cursor ??= (await traces.after(null, 1)).cursor
    return event('ready', {}, cursor)
  }

  const gap = async (): Promise<string> => {
    cursor = (await traces.after(null, 1)).cursor
    caughtUpAt = now()
    return event('gap', { message: 'Too slow: some traces were not told here. List them instead' }, cursor)
  }

  const look = async (): Promise<string> => {
    const found = await traces.after(cursor, tracesAtOnce)
    if (found.traces.length < tracesAtOnce) caughtUpAt = now()
    else if (now() - caughtUpAt > mostLagMs) return gap()
    else bell.ring()
    cursor = found.cursor
    return told(found.traces, cursor)
  }

  return {
    next: async (): Promise<string | null> => {
      if (!isOpen) return open()
      while (!leaving.signal.aborted) {
        const rang = await bell.heard(commentMs, leaving.signal, wait)
        if (leaving.signal.aborted) return null
        if (!rang) return ': still here\n\n'
        const text = await look()
        if (text !== '') return text
      }
      return null
    },
    stop: () => {
      unsubscribe()
      leaving.abort()
    },
  }
}

/** Rings once for any number of calls until somebody has heard it. Rung at first: there may be something already. */
function createBell() {
  let isRinging = true
  let wake = () => {}
  return {
    ring: () => {
      isRinging = true
      wake()
    },
    /** False when the time was up first. */
    heard: async (ms: number, signal: AbortSignal, wait: Wait): Promise<boolean> => {
      if (!isRinging) {
        const patience = new AbortController()
        wake = () => patience.abort()
        await wait(ms, AbortSignal.any([signal, patience.signal]))
        wake = () => {}
      }
      const rang = isRinging
      isRinging = false
      return rang
    },
  }
}

function told(traces: readonly TraceHead[], cursor: string): string {
  const last = traces.length - 1
  return traces.map((head, at) => event('trace', head, at === last ? cursor : null)).join('')
}

/** JSON has no line breaks of its own: one data line is always enough. */
function event(name: string, data: unknown, id: string | null): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

function checked(lastEventId: string | null): string | null {
  if (lastEventId === null || lastEventId === '') return null
  if (/^[\w.:-]{1,64}$/.test(lastEventId)) return lastEventId
  throw new Fault('bad-request', 'The header "Last-Event-ID" must be the id of an event of this feed')
}
