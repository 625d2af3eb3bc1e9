import { Fault } from '../core/fault.ts'
import type { DialectName } from '../dialect/dialect.ts'
import { dialectOf } from '../dialect/index.ts'
import { underVersion } from '../provider/address.ts'
import type { Provider, Providers } from '../provider/provider.ts'
import {
  fromBytes,
  readThrough,
  readWhole,
  type Body,
  type BodyLimits,
  type Bytes,
  type Watcher,
} from '../wire/body.ts'
import { pushHeader } from '../wire/headers.ts'
import { replaceSpan } from '../wire/json.ts'
import type { Splice } from '../wire/splice.ts'
import { type Door, pathname } from './door.ts'
import { factsOfPath, replaceModelInPath } from './facts.ts'
import { factsThrough, readFacts } from './known.ts'
import { resolve } from './plan.ts'
import { withUsage } from './usage.ts'

/** From a request to where it goes, with which body. */
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

export type Means = {
  readonly providers: Providers
  readonly limits: BodyLimits
  readonly watcher: Watcher
  /** `read`: rules judge the request, so it is read whole. `replace`: they may also change what is answered. */
  readonly rules: 'none' | 'read' | 'replace'
}

export async function aimAt(request: Request, door: Door, means: Means): Promise<Aim> {
  refuseSocket(request)
  checkPush(request)
  const aim =
    door.kind === 'provider'
      ? await aimThrough(request, door, await readBody(request, means))
      : await aimByModel(request, door, means)
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

/** A word that is none of these may be meant to keep a trace from going out. */
function checkPush({ headers }: Request): void {
  const asked = headers.get(pushHeader)?.toLowerCase()
  if (asked === undefined || asked === 'push' || asked === 'skip') return
  throw new Fault('bad-request', 'Invariant-Push must be push or skip')
}

function aimThrough(request: Request, door: Door & { kind: 'provider' }, body: Body): Aim | Promise<Aim> {
  const { provider, path } = door
  const dialect = dialectOf(pathname(path), provider.dialects)?.name ?? null
  const common = { provider, dialect, path, body, splice: null, decoded: false, hidesUsage: false }
  const facts = factsThrough(request, dialect, door, body.whole())
  if (facts instanceof Promise) return facts.then(({ model, stream }) => ({ ...common, model, stream }))
  return { ...common, model: facts.model, stream: facts.stream }
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
