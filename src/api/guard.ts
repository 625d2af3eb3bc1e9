import { createHash, timingSafeEqual } from 'node:crypto'
import { Fault } from '../core/fault.ts'

/**
 * Who may use the API. Two different dangers: somebody without the token, and the user's own browser sent here
 * by a page of somebody else. The first is kept out by the token, the second by where the browser says it comes
 * from and, on loopback, by the name it asked for: after a DNS rebinding the foreign page has our address but
 * still its own name (`Host`).
 */
export type GuardOptions = {
  /** `undefined`: everybody who can reach this address may. */
  readonly token: string | undefined
  /** Whether the server listens on this machine only. */
  readonly isLoopback: boolean
}

export type Guard = (request: Request) => void

const loopbackHost = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i
const ownSites = new Set(['same-origin', 'none'])
/** As what a browser may load an answer: never as script, style, image or frame of a page. */
const ownUses = new Set(['empty', 'document'])

export function createGuard({ token, isLoopback }: GuardOptions): Guard {
  const expected = token === undefined ? null : hashOf(token)
  return ({ headers }) => {
    checkSite(headers)
    if (expected !== null) return checkToken(headers, expected)
    if (isLoopback) checkHost(headers)
  }
}

function checkSite(headers: Headers): void {
  const site = headers.get('sec-fetch-site')
  const use = headers.get('sec-fetch-dest')
  const isForeign = (site !== null && !ownSites.has(site)) || !isOwnOrigin(headers)
  if (isForeign) throw new Fault('forbidden', 'Pages of other sites may not use this API')
  if (use === null || ownUses.has(use)) return
  throw new Fault('forbidden', `What this API tells is not to be loaded as ${use.slice(0, 20)}`)
}

/** The host alone is compared: behind a proxy that ends TLS the scheme is not ours to know. */
function isOwnOrigin(headers: Headers): boolean {
  const origin = headers.get('origin')
  if (origin === null) return true
  const host = headers.get('host')
  return host !== null && URL.canParse(origin) && new URL(origin).host === canonical(origin, host)
}

/** `Host` as the URL of the same scheme would have it: without the port that goes without saying. */
function canonical(origin: string, host: string): string | null {
  const url = `${new URL(origin).protocol}//${host}`
  return URL.canParse(url) ? new URL(url).host : null
}

function checkHost(headers: Headers): void {
  const host = headers.get('host')
  if (host === null || loopbackHost.test(host)) return
  throw new Fault(
    'forbidden',
    'Weir listens on loopback without a token and answers to loopback names only, such as localhost or 127.0.0.1',
  )
}

/** Hashes are compared: equal lengths, and the time taken says nothing about the token. */
function checkToken(headers: Headers, expected: Buffer): void {
  const given = /^bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (given !== undefined && timingSafeEqual(hashOf(given), expected)) return
  const problem = given === undefined ? 'This API needs a token' : 'This token is not valid'
  throw new Fault('unauthorized', `${problem}: send "Authorization: Bearer <token>"`)
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
