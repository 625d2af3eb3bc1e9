import { wallClock } from '../core/clock.ts'
import { Fault } from '../core/fault.ts'
import { forget, later } from '../core/later.ts'
import type { BodyLimits, Bytes } from './body.ts'

/** A request's body as it arrives: so many bytes of it, so fast. */
export type NextPart = () => Promise<Bytes | undefined>

// A body of known length up to this is a few packets: read whole it costs 15 µs less than as a stream.
const mostAtOnceBytes = 64 << 10

// The slowest line anybody has: 128 kbit/s. Who sends a byte a second, to hold an exchange for ever, is cut with the
// first that comes after one silence and a little more; who then says nothing, after two.
const leastBytesPerMs = 16

export function partsOf(request: Request, mostBytes: number, silenceMs: number): NextPart {
  const length = lengthOf(request)
  if (length !== undefined && length > mostBytes) throw tooLarge(mostBytes)
  const reader = request.body?.getReader()
  let bytes = 0
  // Only while we wait for the client: how fast the provider takes the body is not its doing.
  let waitedMs = 0
  return async () => {
    if (reader === undefined) return undefined
    const startedAt = wallClock()
    const { value } = await within(silenceMs, reader.read())
    waitedMs += wallClock() - startedAt
    if (waitedMs > silenceMs + bytes / leastBytesPerMs) throw tooSlow()
    bytes += value?.byteLength ?? 0
    if (bytes > mostBytes) throw tooLarge(mostBytes)
    return value
  }
}

export function isSmall(length: number | undefined): length is number {
  return length !== undefined && length <= mostAtOnceBytes
}

export function readAtOnce(request: Request, length: number, limits: BodyLimits): Promise<Bytes> | null {
  if (length > limits.wholeBytes) throw tooLarge(limits.wholeBytes)
  return length === 0 ? null : within(limits.silenceMs, request.bytes())
}

function within<T>(mostMs: number, read: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = later(mostMs, () => reject(tooSlow()))
    const came = (value: T) => {
      forget(late)
      resolve(value)
    }
    const failed = (cause: unknown) => {
      forget(late)
      // A body cannot fail in any other way than by its sender.
      reject(new Fault('client-left', 'The client left', { cause }))
    }
    read.then(came, failed)
  })
}

export function lengthOf(request: Request): number | undefined {
  const header = request.headers.get('content-length')
  return header === null ? undefined : Number(header)
}

function tooSlow(): Fault {
  return new Fault('request-slow', "The request's body did not come, or came too slowly")
}

function tooLarge(mostBytes: number): Fault {
  return new Fault('body-too-large', `The request's body is larger than the limit of ${mostBytes} bytes`)
}
