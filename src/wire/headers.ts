/**
 * Which headers may cross. Between two hops everything travels but what belongs to a single connection
 * (RFC 9110, 7.6.1) and what is meant for Weir itself.
 */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const

/** Whether the trace of a request goes out to another store, as clients of Invariant's gateway say it: for Weir alone. */
export const pushHeader = 'invariant-push'
/** Rules that a request brings, as clients of Invariant's gateway do: they are for Weir, and no trace tells them. */
export const rulesHeader = 'invariant-guardrails'

/** Names of headers that speak to Weir; they end here. */
export const ownPrefix = 'x-weir-'
const ownPrefixes = [ownPrefix, 'invariant-']

const masked = '[redacted]'
const secretParameter = 'key|api[-_]?key|access_token|token'
const secretInQuery = new RegExp(`([?&](?:${secretParameter})=)([^&#]*)`, 'gi')
const isSecretParameter = new RegExp(`^(?:${secretParameter})=`, 'i')
const secretEnd = /(^|-)(auth|authorization|key|apikey|token|secret|password|signature)$/
const secretNames = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'api-key'])

export function endToEnd(source: Headers): Headers {
  const headers = new Headers(source)
  const named = headers.get('connection')
  for (const name of hopByHop) headers.delete(name)
  if (named !== null && named !== 'keep-alive' && named !== 'close') dropNamed(headers, named)
  return headers
}

/** What a provider gets of the client's headers. The address and the length are for the next hop to say. */
export function toProvider(source: Headers): Headers {
  const headers = endToEnd(source)
  headers.delete('host')
  headers.delete('expect')
  for (const name of [...headers.keys()])
    if (ownPrefixes.some((prefix) => name.startsWith(prefix))) headers.delete(name)
  return headers
}

/** Headers as a trace keeps them: names and values, credentials masked. */
export function toRecord(headers: Iterable<readonly [string, string]>): [string, string][] {
  const record: [string, string][] = []
  for (const [name, value] of headers)
    record.push([name, isSecret(name) || name === rulesHeader ? masked : value])
  return record
}

/** A path and query as a trace or a log keeps it: the values of credentials in the query masked. */
export function maskQuery(path: string): string {
  if (!path.includes('?')) return path
  return path.replace(secretInQuery, `$1${masked}`)
}

/** The values of credentials in a path's query, as they are written there. */
export function secretsInQuery(path: string): string[] {
  if (!path.includes('?')) return []
  return [...path.matchAll(secretInQuery)].map(([, , value = '']) => value)
}

/** A path without the credentials in its query; all else of it stays as it is. */
export function withoutSecrets(path: string): string {
  const query = path.indexOf('?')
  if (query === -1) return path
  const parts = path.slice(query + 1).split('&')
  const kept = parts.filter((part) => !isSecretParameter.test(part))
  if (kept.length === parts.length) return path
  return path.slice(0, query) + (kept.length === 0 ? '' : `?${kept.join('&')}`)
}

/** Whether a header of this name, in lower case, holds a credential. */
export function isSecret(name: string): boolean {
  return secretNames.has(name) || secretEnd.test(name)
}

function dropNamed(headers: Headers, connection: string): void {
  for (const name of connection.split(',')) {
    const trimmed = name.trim()
    // A name that is no token cannot be a header; `Headers` would throw on it.
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(trimmed)) headers.delete(trimmed)
  }
}
