import { masked } from './query.ts'

/**
 * Which headers may cross. Between two hops everything travels but what belongs to a single connection
 * (RFC 9110, 7.6.1) and what is meant for Weir itself.
 */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** And what is said to Weir's own address. */
const notForProvider: ReadonlySet<string> = new Set([...hopByHop, 'host', 'expect'])

/** Whether the trace of a request goes out to another store, as clients of Invariant's gateway say it: for Weir alone. */
export const pushHeader = 'invariant-push'
/** Rules that a request brings, as clients of Invariant's gateway do: they are for Weir, and no trace tells them. */
export const rulesHeader = 'invariant-guardrails'

/** Names of headers that speak to Weir; they end here. */
export const ownPrefix = 'x-weir-'
const invariantPrefix = 'invariant-'

const secretNames: ReadonlySet<string> = new Set(['cookie', 'set-cookie'])
// How the name of a header that holds a credential ends: its last word, or all of it.
const secretWords: ReadonlySet<string> = new Set([
  'auth',
  'authorization',
  'key',
  'apikey',
  'token',
  'secret',
  'password',
  'signature',
])

export function endToEnd(source: Headers): Headers {
  return without(source, isHopByHop)
}

/** What a provider gets of the client's headers. */
export function toProvider(source: Headers): Headers {
  return without(source, isNotForProvider)
}

function isHopByHop(name: string): boolean {
  return hopByHop.has(name)
}

function isNotForProvider(name: string): boolean {
  return notForProvider.has(name) || name.startsWith(ownPrefix) || name.startsWith(invariantPrefix)
}

/** A copy from which what is there is deleted: 0.5 µs, where asking for each that may be there takes 1.5. */
function without(source: Headers, isDropped: (name: string) => boolean): Headers {
  const headers = new Headers(source)
  for (const name of source.keys()) if (isDropped(name)) headers.delete(name)
  const named = source.get('connection')
  if (named !== null && named !== 'keep-alive' && named !== 'close') dropNamed(headers, named)
  return headers
}

/** Headers as a trace keeps them: names and values, credentials masked. */
export function toRecord(headers: Iterable<Header>): Header[] {
  return [...headers].map(shown)
}

type Header = readonly [name: string, value: string]

function shown(header: Header): Header {
  return isHidden(header[0]) ? [header[0], masked] : header
}

function isHidden(name: string): boolean {
  return isSecret(name) || name === rulesHeader
}

/** Whether a header of this name, in lower case, holds a credential. */
export function isSecret(name: string): boolean {
  return secretNames.has(name) || secretWords.has(name.slice(name.lastIndexOf('-') + 1))
}

function dropNamed(headers: Headers, connection: string): void {
  for (const name of connection.split(',')) {
    const trimmed = name.trim()
    // A name that is no token cannot be a header; `Headers` would throw on it.
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(trimmed)) headers.delete(trimmed)
  }
}
