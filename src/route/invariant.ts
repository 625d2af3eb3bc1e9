import type { Provider, Providers } from '../provider/provider.ts'
import { ownPrefix } from '../wire/headers.ts'
import { pathname, type Door } from './door.ts'
import { allowed, preflight } from './cross-origin.ts'
import { decode } from '../wire/query.ts'
import { splitKeys, toMissing, usesClientsKey } from './invariant-keys.ts'

/**
 * The routes that Invariant's gateway had: `/api/v1/gateway/[{dataset}/]{provider}/<rest>`, for whatever path of that
 * provider. What is said here, before there is an exchange, is said as it said it: `{"detail": ...}`.
 */
export const invariantPrefix = '/api/v1/gateway'

export type Entry =
  | { readonly kind: 'answer'; readonly response: Response }
  | {
      readonly kind: 'door'
      readonly door: Door
      /** The Invariant key, in whichever form it came; null without one. */
      readonly key: string | null
    }

/** Whether who shows this key may use this project; asked before there is an exchange. */
export type MayUse = (key: string | null, project: string) => Permit | Promise<Permit>
export type Permit = 'granted' | 'no-key' | 'unknown-key' | 'forbidden'

type Place = { readonly dataset: string | null; readonly provider: Provider; readonly path: string }

/**
 * The keys are set apart in the headers of the request itself, and its project is named there: from here on it is as if
 * it had come so. A request made anew would have to be told of its client's leaving.
 */
export function toInvariantEntry(request: Request, path: string, providers: Providers): Entry {
  const rest = path.slice(invariantPrefix.length)
  const plain = pathname(rest)
  if (plain === '/health') return answer(Response.json({ message: 'Hello from Invariant v1/gateway' }))
  if (plain === '' || plain === '/')
    return answer(new Response(null, { status: 307, headers: { location: '/' } }))
  const place = placeOf(rest, providers)
  if (place === null)
    return refused(404, `Nothing is at "${plain.slice(0, 200)}": there are ${namesOf(providers)}`)
  const { dataset, provider } = place
  const isOpen = usesClientsKey(provider)
  if (request.method === 'OPTIONS') return answer(preflight(request, isOpen))
  const refuse = (status: number, detail: string): Entry =>
    answer(allowed(toDetail(status, detail), request, isOpen))
  if (dataset !== null && !datasetForm.test(dataset))
    return refuse(
      400,
      `"${dataset.slice(0, 50)}" is no name of a dataset: it has 1 to 200 letters, digits, - and _`,
    )
  const keys = splitKeys(request.headers, place.path, provider)
  if (keys.kind === 'broken') return refuse(400, 'Invalid API Key format')
  const missing = toMissing(request.headers, keys.path, provider)
  if (missing !== null) return refuse(400, missing)
  for (const name of forwarded) request.headers.delete(name)
  if (dataset !== null) request.headers.set(`${ownPrefix}project`, dataset)
  return {
    kind: 'door',
    key: keys.invariant,
    door: { kind: 'provider', provider, path: keys.path, style: 'invariant' },
  }
}

/** An answer of the exchange, readable for the page that asked if it brought the key that was used. */
export function toInvariantAnswer(response: Response, request: Request, door: Door): Response {
  return allowed(response, request, door.kind === 'provider' && usesClientsKey(door.provider))
}

/** Null for who may. */
export function toDenial(permit: Permit, project: string): Response | null {
  switch (permit) {
    case 'granted':
      return null
    case 'no-key':
      return toDetail(400, 'Missing invariant api key')
    case 'unknown-key':
      return toDetail(401, 'Invalid Invariant API key. Please check your API key.')
    case 'forbidden':
      return toDetail(403, `This Invariant API key may not use the dataset "${project}"`)
  }
}

// Which names a project may have; Invariant's own had no longest one.
const datasetForm = /^[a-zA-Z0-9_-]{1,200}$/

// Who asked is no business of the provider's: its clients were used to that.
const forwarded = [
  ...['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-forwarded-server'],
  'x-real-ip',
]

/** Behind a dataset stands the name of a provider. A dataset may be called as a provider is; of others it is not asked. */
function placeOf(rest: string, providers: Providers): Place | null {
  const [, first = '', second = ''] = pathname(rest).split('/', 3)
  const hasDataset = theirs.has(second) || (!providers.has(first) && providers.has(second))
  const provider = providers.get(hasDataset ? second : first)
  if (provider === undefined) return null
  if (!hasDataset) return { dataset: null, provider, path: rest.slice(first.length + 1) }
  return { dataset: decode(first), provider, path: rest.slice(first.length + second.length + 2) }
}

const theirs: ReadonlySet<string> = new Set(['openai', 'anthropic', 'gemini'])

function namesOf(providers: Providers): string {
  return [...providers.keys()].map((name) => `[{dataset}/]${name}/...`).join(', ')
}

function refused(status: number, detail: string): Entry {
  return answer(toDetail(status, detail))
}

function answer(response: Response): Entry {
  return { kind: 'answer', response }
}

function toDetail(status: number, detail: string): Response {
  return Response.json({ detail }, { status })
}
