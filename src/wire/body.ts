import { toFault, type Fault } from '../core/fault.ts'
import { isSmall, lengthOf, partsOf, readAtOnce, type NextPart } from './arrival.ts'
import { addPart, createParts, type Parts } from './parts.ts'
import { turn } from './turn.ts'

/**
 * A request's body on its way through: read whole where something needs it, else handed on as it comes. What has come
 * is kept for a second attempt as long as it is small.
 */
export type BodyLimits = {
  /** The most that is read whole, and the most that streams through. */
  readonly wholeBytes: number
  readonly streamedBytes: number
  /** The longest silence in a body, and how long all of it may keep us waiting besides what its length allows. */
  readonly silenceMs: number
}

export type Body = {
  /** All of it, if all of it has come; else null. */
  readonly whole: () => Bytes | null
  /** A body for one attempt. */
  readonly open: () => Bytes | Blob | ReadableStream<Uint8Array> | null
  readonly replayable: () => boolean
}

/** Who wants to know what came. */
export type Watcher = {
  readonly chunk: (bytes: Bytes) => void
  readonly end: () => void
  readonly fail: (fault: Fault) => void
}

export type Bytes = Uint8Array<ArrayBuffer>

// The largest body of an agent seen is 2 MB; an upload of files beyond this is not sent twice.
const mostReplayBytes = 8 << 20
// An agent beside us sends 2 MB within 2 ms: in one they cost the main thread a third less than as a stream, and the
// provider is told how long they are. Nobody is waited for any longer.
const momentMs = 10

export async function readWhole(request: Request, limits: BodyLimits): Promise<Bytes | null> {
  const length = lengthOf(request)
  if (isSmall(length)) return readAtOnce(request, length, limits)
  const next = partsOf(request, limits.wholeBytes, limits.silenceMs)
  const first = await next()
  if (first === undefined) return null
  if (first.byteLength === length) return first
  const parts = createParts()
  for (let part: Bytes | undefined = first; part !== undefined; part = await next()) addPart(parts, part)
  return concatenateInTurns(parts.list)
}

export async function readThrough(request: Request, limits: BodyLimits, watcher: Watcher): Promise<Body> {
  const length = lengthOf(request)
  if (isSmall(length)) return seen(await readAtOnce(request, length, limits), watcher)
  const next = partsOf(request, limits.streamedBytes, limits.silenceMs)
  const first = await next()
  // A body that is here in one part need not be streamed, and the provider learns its length.
  if (first === undefined || first.byteLength === length) return seen(first ?? null, watcher)
  watcher.chunk(first)
  const kept = createParts()
  addPart(kept, first)
  if (length === undefined || length > mostReplayBytes) return follow(kept, next, watcher)
  return gather(kept, { missing: length - first.byteLength, next, watcher })
}

type Gathering = { readonly missing: number; readonly next: NextPart; readonly watcher: Watcher }

/** All of it, if the rest is here in a moment; else it is followed from where it is. */
async function gather(kept: Parts, { missing, next, watcher }: Gathering): Promise<Body> {
  let timer: Timer | undefined
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, momentMs, 'late')))
  try {
    for (let left = missing; left > 0;) {
      const reading = next()
      const part = await Promise.race([reading, late])
      if (part === 'late') return follow(kept, resumed(next, reading), watcher)
      if (part === undefined) break
      addPart(kept, part)
      watcher.chunk(part)
      left -= part.byteLength
    }
  } finally {
    clearTimeout(timer)
  }
  watcher.end()
  return { whole: () => null, open: () => new Blob(kept.list), replayable: () => true }
}

/** The same parts, of which one has been asked for already. */
function resumed(next: NextPart, reading: ReturnType<NextPart>): NextPart {
  let ahead: typeof reading | undefined = reading
  return () => {
    const asked = ahead ?? next()
    ahead = undefined
    return asked
  }
}

function seen(bytes: Bytes | null, watcher: Watcher): Body {
  if (bytes !== null) watcher.chunk(bytes)
  watcher.end()
  return fromBytes(bytes)
}

export function fromBytes(bytes: Bytes | null): Body {
  const whole = () => bytes
  return { whole, open: whole, replayable: always }
}

function always(): true {
  return true
}

export function concatenate(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.byteLength
  }
  return joined
}

// New memory costs more than the copying: 0.6 ms a MiB, of which others have their turns after each of these.
const mostCopiedBytes = 2 << 20

/** The same for any number of bytes: others have their turns meanwhile. */
export async function concatenateInTurns(parts: readonly Uint8Array[]): Promise<Bytes> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  let turnAt = mostCopiedBytes
  for (const part of parts) {
    for (let from = 0; from < part.byteLength; from += mostCopiedBytes) {
      if (at >= turnAt) {
        await turn()
        turnAt = at + mostCopiedBytes
      }
      const some = part.subarray(from, from + mostCopiedBytes)
      joined.set(some, at)
      at += some.byteLength
    }
  }
  return joined
}

function follow(kept: Parts, next: NextPart, watcher: Watcher): Body {
  let keptBytes = kept.list.reduce((sum, part) => sum + part.byteLength, 0)
  let forgotten = 0
  let over = false
  let pending: Promise<void> | undefined

  // One read at a time, whoever asks: a part that comes for an attempt that failed is there for the next.
  const advance = (): Promise<void> => (pending ??= readOne().finally(() => (pending = undefined)))

  async function readOne(): Promise<void> {
    try {
      const part = await next()
      over = part === undefined
      if (part === undefined) return watcher.end()
      addPart(kept, part)
      keptBytes += part.byteLength
      watcher.chunk(part)
    } catch (error) {
      watcher.fail(toFault(error))
      throw error
    }
  }

  function open(): ReadableStream<Uint8Array> {
    // Where it stands: so many parts are behind it, and so many bytes of the one at hand, which may grow.
    let at = 0
    let taken = 0

    function take(): Bytes | undefined {
      const next = kept.list[at + 1 - forgotten]
      if (next !== undefined && taken === kept.list[at - forgotten]?.byteLength) {
        at++
        taken = 0
      }
      const part = kept.list[at - forgotten]
      if (part === undefined || taken === part.byteLength) return undefined
      const rest = taken === 0 ? part : part.subarray(taken)
      taken = part.byteLength
      return rest
    }

    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          let bytes = take()
          while (bytes === undefined && !over) {
            await advance()
            bytes = take()
          }
          if (bytes === undefined) return controller.close()
          if (keptBytes > mostReplayBytes) forgotten += kept.list.splice(0, at - forgotten).length
          controller.enqueue(bytes)
        },
      },
      { highWaterMark: 0 },
    )
  }

  const whole = () => (over && forgotten === 0 ? concatenate(kept.list) : null)
  return { whole, open, replayable: () => forgotten === 0 }
}
