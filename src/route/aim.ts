import { Fault } from '../core/fault.ts'
import type { DialectName } from '../dialect/dialect.ts'
import { dialectOf } from '../dialect/index.ts'
import { underVersion } from '../provider/address.ts'
import type { Provider, Providers } from '../provider/provider.ts'
import {
  concatenate,
  fromBytes,
  readThrough,
  readWhole,
  type Body,
  type BodyLimits,
  type Bytes,
  type Watcher,
} from '../wire/body.ts'
import { inflateApart } from '../wire/inflate-apart.ts'
import { replaceSpan } from '../wire/json.ts'
import type { Parts } from '../wire/parts.ts'
import type { Splice } from '../wire/splice.ts'
import { createLanes } from '../wire/turn.ts'
import {
  factsOfBody,
  factsOfLargeBody,
  factsOfPath,
  noFacts,
  replaceModelInPath,
  type Facts,
} from './facts.ts'
import { resolve } from './plan.ts'
import { checkPush } from './push.ts'
import { withUsage } from './usage.ts'

/** From a request to where it goes, with which body. The doors are the two ways in. */
export type Door =
  /** `/{provider}/<rest>`: everything of that provider, whatever the path. */
  | {
      readonly kind: 'provider'
      readonly provider: Provider
      readonly path: string
      /** Whose clients come by it, and are refused as they know it. */
      readonly style?: 'invariant'
    }
  /** `/v1/...`, `/v1beta/...`: the model names the target. */
  | { readonly kind: 'model'; readonly dialect: DialectName; readonly path: string }

export type Aim = {
  readonly provider: Provider
  /** Null where the path is not one of a dialect's own, and nothing of its answer is rebuilt. */
  readonly dialect: DialectName | null
  readonly model: string | null
  readonly stream: boolean
  /** At the provider, with its query. */
  readonly path: string
  readonly body: Body
  readonly splice: Splice | null
  /** The body is no longer in the encoding that the client's headers name. */
  readonly decoded: boolean
  /** Weir asked for the usage, and its client did not: it is not shown the event that tells it. */
  readonly hidesUsage: boolean
  /** The answer is asked for uncompressed: rules may have to replace something in it. */
  readonly isPlain?: true
}

/** What came of a request that found no aim: all, a part or nothing of its body. */
export type Strayed = {
  readonly request: Request
  readonly door: Door
  readonly recording: { readonly request: Pick<Parts, 'list'> }
}

/** What is known of it all the same: the model that it named, as far as that was read. */
export function aimless(strayed: Strayed): Pick<Aim, 'dialect' | 'model' | 'stream'> & {
  provider: Provider | null
} {
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

/** The dialect in which the client wants to be refused. */
export function clientDialect(door: Door): DialectName {
  if (door.kind === 'model') return door.dialect
  const { dialects } = door.provider
  return dialectOf(pathname(door.path), dialects)?.name ?? dialects[0] ?? 'openai-chat'
}

export type Means = {
  readonly providers: Providers
  readonly limits: BodyLimits
  readonly watcher: Watcher
  /** `read`: rules judge the request, so it is read whole. `replace`: they may also change what is answered. */
  readonly rules: 'none' | 'read' | 'replace'
}

// A body is scanned for its model on the main thread only while that is not felt: 64 KiB take about 20 µs. The worker
// reads the larger ones; only where the model decides the way are they scanned here all the same, in turns.
const mostScannedBytes = 64 << 10

// Of a few hundred bytes that swell to 64 MiB only so many are in memory at once.
const openCompressed = createLanes(4)

export async function aimAt(request: Request, door: Door, means: Means): Promise<Aim> {
  refuseSocket(request)
  checkPush(request)
  const aim =
    door.kind === 'provider' ? await aimThrough(request, door, means) : await aimByModel(request, door, means)
  if (means.rules === 'replace') return { ...aim, isPlain: true }
  return withUsage(aim, request.headers.get('content-encoding') ?? '')
}

/** What it would say could not be recorded. As a plain GET it would get an error of the provider that explains nothing. */
function refuseSocket({ headers }: Request): void {
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return
  throw new Fault(
    'bad-request',
    'Weir passes no WebSockets on: use the HTTP API, or call the provider directly',
  )
}

async function aimThrough(request: Request, door: Door & { kind: 'provider' }, means: Means): Promise<Aim> {
  const { provider, path } = door
  const dialect = dialectOf(pathname(path), provider.dialects)?.name ?? null
  const body = await readBody(request, means)
  const { model, stream } = await factsThrough(request, dialect, door, body.whole())
  return { provider, dialect, model, stream, path, body, splice: null, decoded: false, hidesUsage: false }
}

/** Where it depends on them how a rule's refusal is told, of the whole body however large. */
async function factsThrough(
  request: Request,
  dialect: DialectName | null,
  { path, style }: Door & { kind: 'provider' },
  body: Uint8Array | null,
): Promise<Facts> {
  const isPlain = body !== null && dialect !== null && !request.headers.has('content-encoding')
  if (isPlain && style === 'invariant' && dialect !== 'gemini') return factsOfLargeBody(body)
  return factsOf(path, dialect, request, body)
}

/** As it comes; whole where rules are to see all of it before the provider is called, or beside the call. */
async function readBody(request: Request, { limits, watcher, rules }: Means): Promise<Body> {
  if (rules === 'none') return readThrough(request, limits, watcher)
  return fromBytes(await readSeen(request, { limits, watcher }))
}

async function readSeen(
  request: Request,
  { limits, watcher }: Pick<Means, 'limits' | 'watcher'>,
): Promise<Bytes | null> {
  const bytes = await readWhole(request, limits)
  if (bytes !== null) watcher.chunk(bytes)
  watcher.end()
  return bytes
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

async function aimByModel(request: Request, door: Door & { kind: 'model' }, means: Means): Promise<Aim> {
  if (door.dialect === 'gemini') return aimByPath(request, door, means)
  const bytes = await readSeen(request, means)
  const encoding = request.headers.get('content-encoding') ?? ''
  const { text, facts } = await readFacts(bytes, encoding, means.limits.wholeBytes)
  if (facts.model === null || facts.modelSpan === null) {
    throw new Fault(
      'bad-request',
      'The request names no model: its body must be a JSON object with a string "model"',
    )
  }
  const { provider, model } = resolve(facts.model, door.dialect, means.providers)
  const dialect = dialectOf(pathname(door.path), provider.dialects)?.name ?? null
  const path = underVersion(provider.url, door.path)
  const common = { provider, dialect, model, stream: facts.stream, path, hidesUsage: false }
  if (model === facts.model) return { ...common, body: fromBytes(bytes), splice: null, decoded: false }
  const { start, end } = facts.modelSpan
  const written = JSON.stringify(model)
  const body = fromBytes(await replaceSpan(text, facts.modelSpan, written))
  const splice = encoding === '' ? { at: start, length: end - start, with: written } : null
  return { ...common, body, splice, decoded: encoding !== '' }
}

async function aimByPath(request: Request, door: Door & { kind: 'model' }, means: Means): Promise<Aim> {
  const facts = factsOfPath(door.path)
  if (facts.model === null) throw new Fault('bad-request', `The path "${pathname(door.path)}" names no model`)
  const { provider, model } = resolve(facts.model, door.dialect, means.providers)
  const dialect = dialectOf(pathname(door.path), provider.dialects)?.name ?? null
  const body = await readBody(request, means)
  const path = replaceModelInPath(door.path, model)
  return {
    provider,
    dialect,
    model,
    stream: facts.stream,
    path,
    body,
    splice: null,
    decoded: false,
    hidesUsage: false,
  }
}

type Read = { readonly text: Uint8Array; readonly facts: Facts }

async function readFacts(bytes: Uint8Array | null, encoding: string, mostBytes: number): Promise<Read> {
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

export function pathname(path: string): string {
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}
