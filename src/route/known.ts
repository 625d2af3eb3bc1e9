import { Fault } from '../core/fault.ts'
import type { DialectName } from '../dialect/dialect.ts'
import { dialectOf } from '../dialect/index.ts'
import type { Provider } from '../provider/provider.ts'
import { concatenate } from '../wire/body.ts'
import { inflateApart } from '../wire/inflate-apart.ts'
import type { Parts } from '../wire/parts.ts'
import { createLanes } from '../wire/turn.ts'
import { type Door, pathname } from './door.ts'
import { factsOfBody, factsOfLargeBody, factsOfPath, noFacts, type Facts } from './facts.ts'

/** What a request's path and body tell of where it is meant to go. */
type Known = Pick<Facts, 'model' | 'stream'> & {
  readonly provider: Provider | null
  readonly dialect: DialectName | null
}

// A body is scanned for its model on the main thread only while that is not felt: 64 KiB take about 20 µs. The worker
// reads the larger ones; only where the model decides the way are they scanned here all the same, in turns.
const mostScannedBytes = 64 << 10

// Of a few hundred bytes that swell to 64 MiB only so many are in memory at once.
const openCompressed = createLanes(4)

/** What came of a request that found no aim: all, a part or nothing of its body. */
export type Strayed = {
  readonly request: Request
  readonly door: Door
  readonly recording: { readonly request: Pick<Parts, 'list'> }
}

/** What is known of it all the same: the model that it named, as far as that was read. */
export function aimless(strayed: Strayed): Known {
  const { request, door, recording } = strayed
  const path = pathname(door.path)
  if (door.kind === 'provider') {
    const dialect = dialectOf(path, door.provider.dialects)?.name ?? null
    return {
      provider: door.provider,
      dialect,
      ...namedBy(door.path, dialect, request, recording.request.list),
    }
  }
  const dialect = dialectOf(path, [door.dialect])?.name ?? null
  return { provider: null, dialect, ...namedBy(door.path, door.dialect, request, recording.request.list) }
}

function namedBy(
  path: string,
  dialect: DialectName | null,
  request: Request,
  body: readonly Uint8Array[],
): Pick<Facts, 'model' | 'stream'> {
  const { model, stream } = factsOf(path, dialect, request, concatenate(body))
  return { model, stream }
}

/** Where it depends on them how a rule's refusal is told, of the whole body however large. */
export function factsThrough(
  request: Request,
  dialect: DialectName | null,
  { path, style }: Door & { kind: 'provider' },
  body: Uint8Array | null,
): Facts | Promise<Facts> {
  const isPlain = body !== null && dialect !== null && !request.headers.has('content-encoding')
  if (isPlain && style === 'invariant' && dialect !== 'gemini') return factsOfLargeBody(body)
  return factsOf(path, dialect, request, body)
}

function factsOf(
  path: string,
  dialect: DialectName | null,
  request: Request,
  body: Uint8Array | null,
): Facts {
  if (dialect === 'gemini') return factsOfPath(path)
  const readable =
    body !== null && body.byteLength <= mostScannedBytes && !request.headers.has('content-encoding')
  return readable && dialect !== null ? factsOfBody(body) : noFacts
}

type Read = { readonly text: Uint8Array; readonly facts: Facts }

export async function readFacts(
  bytes: Uint8Array | null,
  encoding: string,
  mostBytes: number,
): Promise<Read> {
  if (bytes === null) return { text: new Uint8Array(0), facts: noFacts }
  if (encoding === '') return { text: bytes, facts: await factsOfLargeBody(bytes) }
  return openCompressed(async () => {
    const text = await inflateApart(bytes, encoding, mostBytes)
    if (text === null) throw unreadable(encoding)
    return { text, facts: await factsOfLargeBody(text) }
  })
}

function unreadable(encoding: string): Fault {
  return new Fault('bad-request', `Cannot read the request's body: its content-encoding is "${encoding}"`)
}
