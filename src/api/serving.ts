import type { Clock } from '../core/clock.ts'
import { Fault } from '../core/fault.ts'
import { causeOf, type Log } from '../core/log.ts'
import type { RawPart, TraceReader } from './reader.ts'
import { bytesHeaders, isBodyless, statusOf } from './recorded.ts'
import { replay } from './replay.ts'
import { type Timeline, timelineOf } from './timeline.ts'
import type { Wait } from '../core/wait.ts'

/** What is served of one trace as bytes, and what is made of them. Streamed part by part, as the client reads. */
export type ServingOptions = {
  readonly traces: Pick<TraceReader, 'raw' | 'requestBody'>
  readonly allowSilence: (request: Request) => void
  readonly now: Clock
  readonly wait: Wait
  readonly log: Log
}

export type Serving = {
  readonly raw: (id: string) => Promise<Response>
  readonly request: (id: string) => Promise<Response>
  readonly replay: (id: string, speed: number, request: Request) => Promise<Response>
  readonly timeline: (id: string) => Promise<Timeline>
}

export function createServing({ traces, allowSilence, now, wait, log }: ServingOptions): Serving {
  return {
    raw: async (id) => {
      const { head, headers, parts } = found(await traces.raw(id), id)
      const body = isBodyless(statusOf(head.status, id)) ? null : bytesOf(watched(parts, log))
      return new Response(body, { headers: bytesHeaders(headers, `${id}-answer`) })
    },
    request: async (id) => {
      const { headers, bytes } = found(await traces.requestBody(id), id)
      return new Response(new Uint8Array(bytes), { headers: bytesHeaders(headers, `${id}-request`) })
    },
    replay: async (id, speed, request) => {
      const raw = found(await traces.raw(id), id)
      allowSilence(request)
      return replay({ ...raw, parts: watched(raw.parts, log) }, { speed, now, wait, signal: request.signal })
    },
    timeline: async (id) => timelineOf(found(await traces.raw(id), id)),
  }
}

export function found<Value>(value: Value | null, id: string): Value {
  if (value === null) throw missing(id)
  return value
}

export function missing(id: string): Fault {
  return new Fault('not-found', `There is no trace "${id.slice(0, 50)}"`)
}

/** Once bytes have been sent there is nobody to tell but the log; the client sees a reset. */
async function* watched(parts: AsyncIterable<RawPart>, log: Log): AsyncGenerator<RawPart, undefined> {
  try {
    yield* parts
  } catch (error) {
    log('error', 'trace-unreadable', { cause: causeOf(error) })
    // What a body fails with is printed by Bun, unless it is undefined.
    throw undefined
  }
  return undefined
}

function bytesOf(parts: AsyncIterable<RawPart>): ReadableStream<Uint8Array> {
  const iterator = parts[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await iterator.next()
        if (done === true) return controller.close()
        controller.enqueue(value.bytes)
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
