import type { Provider } from '../provider/provider.ts'
import { isSecret } from '../wire/headers.ts'
import { pathname } from './door.ts'
import { decode } from '../wire/query.ts'

/**
 * The keys of a request to Invariant's routes. Its own key has a header of its own, or stands behind the provider's, as
 * two generations of its clients had it. Afterwards each is where it belongs, and only there.
 */
export type Keys =
  | { readonly kind: 'keys'; readonly invariant: string | null; readonly path: string }
  | { readonly kind: 'broken' }

export const invariantKeyHeader = 'invariant-authorization'

// The first with or without a blank behind it; both were in use.
const separator = /\|invariant-auth:|;invariant-auth=/i
const keyHeaders = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key']

/** In `headers` itself; the path comes back without the key that is in them now. */
export function splitKeys(headers: Headers, path: string, provider: Provider): Keys {
  let invariant = bare(headers.get(invariantKeyHeader))
  for (const name of keyHeaders) {
    const parts = split(headers.get(name))
    if (parts === null) continue
    if (parts === 'broken') return { kind: 'broken' }
    invariant ??= bare(parts.invariant)
    put(headers, name, parts.provider)
  }
  const inQuery = isGoogles(provider) ? keyInQuery(path) : null
  const parts = split(inQuery)
  if (parts === 'broken') return { kind: 'broken' }
  if (parts !== null) {
    invariant ??= bare(parts.invariant)
    put(headers, 'x-goog-api-key', parts.provider)
  }
  if (invariant !== null) headers.set(invariantKeyHeader, `Bearer ${invariant}`)
  straighten(headers, { path, provider, hasKey: parts === null && inQuery !== null })
  return { kind: 'keys', invariant, path: parts === null ? path : withoutKey(path) }
}

/** Who calls one of the three with no key configured for it has to bring one. */
export function usesClientsKey({ name, key, headers }: Provider): boolean {
  const isConfigured = key !== undefined || Object.keys(headers).some((each) => isSecret(each.toLowerCase()))
  return Object.hasOwn(missing, name) && !isConfigured
}

/** What to say where no key is: null if there is one, or none is needed. */
export function toMissing(headers: Headers, path: string, provider: Provider): string | null {
  if (!usesClientsKey(provider)) return null
  const isThere =
    keyHeaders.some((name) => headers.has(name)) || (isGoogles(provider) && keyInQuery(path) !== null)
  return isThere ? null : (missing[provider.name] ?? null)
}

const missing: Readonly<Record<string, string>> = {
  openai: 'Missing authorization header',
  anthropic: 'Missing Anthropic authorization header',
  gemini: 'Missing Gemini authorization header',
}

type Parts = { readonly provider: string; readonly invariant: string }

function split(value: string | null): Parts | 'broken' | null {
  if (value === null) return null
  const [provider = '', invariant, more] = value.split(separator)
  if (invariant === undefined) return null
  if (more !== undefined || bare(invariant) === null) return 'broken'
  return { provider: provider.trim(), invariant }
}

function put(headers: Headers, name: string, value: string): void {
  if (bare(value) === null) headers.delete(name)
  else headers.set(name, value)
}

/** Null for nothing, and for a scheme with nothing behind it. */
function bare(value: string | null): string | null {
  const text = (value ?? '').replace(scheme, '').trim()
  return text === '' ? null : text
}

const scheme = /^\s*bearer(?:\s+|$)/i

/** Each key in the form in which providers take it, whichever its client used. */
function straighten(
  headers: Headers,
  { path, provider, hasKey }: { path: string; provider: Provider; hasKey: boolean },
): void {
  for (const name of ['x-api-key', 'x-goog-api-key']) {
    const value = headers.get(name)
    if (value !== null && scheme.test(value)) put(headers, name, bare(value) ?? '')
  }
  const authorization = headers.get('authorization')
  if (authorization === null) return
  if (bare(authorization) === null) return headers.delete('authorization')
  if (!isGoogles(provider) || likeOpenAi.test(path)) {
    if (!/\s/.test(authorization.trim())) headers.set('authorization', `Bearer ${authorization.trim()}`)
    return
  }
  // Google takes tokens there and no keys; LiteLLM puts the key there.
  const key = bare(authorization) ?? ''
  if (key.startsWith('ya29.')) return
  headers.delete('authorization')
  if (!headers.has('x-goog-api-key') && !hasKey) headers.set('x-goog-api-key', key)
}

// What Google has for clients of OpenAI takes the key where these put it.
const likeOpenAi = /^\/v1[a-z]*\/openai(?:\/|$)/

function isGoogles({ dialects }: Provider): boolean {
  return dialects.length === 1 && dialects[0] === 'gemini'
}

const queryKey = /[?&]key=([^&#]*)/

function keyInQuery(path: string): string | null {
  const value = queryKey.exec(path.slice(pathname(path).length))?.[1] ?? ''
  return value === '' ? null : decodePart(value)
}

function withoutKey(path: string): string {
  const plain = pathname(path)
  const kept = path
    .slice(plain.length + 1)
    .split('&')
    .filter((part) => !part.startsWith('key='))
  return kept.length === 0 ? plain : `${plain}?${kept.join('&')}`
}

/** As forms have it, with `+` for a blank. */
function decodePart(value: string): string {
  return decode(value.replaceAll('+', ' '))
}
