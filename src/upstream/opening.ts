import { concatenate, type Bytes } from '../wire/body.ts'
import type { Source } from '../wire/tee.ts'
import { faultOf } from './failure.ts'

/**
 * How an answer begins. One that has come with the first read is passed whole: its length reaches the client then. Half a
 * JSON text is of no use to anybody, so the rest of a small one is waited for, for a moment: should it break off, that
 * can still be told as an error. All else flows as it comes.
 */
export type Opening =
  /** `show`, to be asked once the bytes are recorded: what the client gets for them, where that is something else. */
  | { readonly kind: 'whole'; readonly bytes: Bytes | null; readonly show?: () => Bytes }
  | { readonly kind: 'flowing'; readonly source: Source }

const mostWholeBytes = 1 << 20
// What was sent at once comes in several reads, a network's round trip apart at the most.
const momentMs = 50

export async function openingOf(
  { body, headers }: Response,
  signal: AbortSignal,
  provider: string,
): Promise<Opening> {
  if (body === null) return { kind: 'whole', bytes: null }
  const reader = body.getReader()
  const length = Number(headers.get('content-length') ?? Infinity)
  if (!(length <= mostWholeBytes)) return { kind: 'flowing', source: toSource(reader, []) }
  try {
    const first = await reader.read()
    if (first.done) return { kind: 'whole', bytes: new Uint8Array(0) }
    if (first.value.byteLength === length) return { kind: 'whole', bytes: first.value }
    if (isJson(headers)) return await gather(reader, first.value, length)
    return { kind: 'flowing', source: resume(reader, first.value) }
  } catch (error) {
    throw faultOf(error, signal, 'during', provider)
  }
}

type Reader = ReadableStreamDefaultReader<Bytes>

async function gather(reader: Reader, first: Bytes, length: number): Promise<Opening> {
  const parts = [first]
  let missing = length - first.byteLength
  let timer: Timer | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, momentMs, null)))
  try {
    while (missing > 0) {
      const reading = reader.read()
      const next = await Promise.race([reading, late])
      if (next === null) return { kind: 'flowing', source: resume(reader, concatenate(parts), reading) }
      if (next.done) break
      parts.push(next.value)
      missing -= next.value.byteLength
    }
    return { kind: 'whole', bytes: concatenate(parts) }
  } finally {
    clearTimeout(timer)
  }
}

/** The reader as if the part in hand had not been read yet, nor the next one asked for. */
function resume(reader: Reader, part: Bytes, next?: ReturnType<Source['read']>): Source {
  return toSource(reader, [
    Promise.resolve({ done: false, value: part }),
    ...(next === undefined ? [] : [next]),
  ])
}

function toSource(reader: Reader, ahead: ReturnType<Source['read']>[]): Source {
  return {
    read: () => ahead.shift() ?? reader.read(),
    // One that has broken off is let go of already: it would say so once more, to nobody, and end the process by that.
    cancel: async () => void (await Promise.allSettled([reader.cancel()])),
  }
}

function isJson(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('application/json') ?? false
}
