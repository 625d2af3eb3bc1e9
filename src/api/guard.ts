import { Fault } from '../core/fault.ts'
import { isOverAll, localUser, may, type Right, type Who } from '../trace/home/who.ts'
import type { Access } from './home/access.ts'

/**
 * Who may use the API. Two different dangers: somebody without a token or key, and the user's own browser sent here
 * by a page of somebody else. The first is kept out by the credential, the second by where the browser says it comes
 * from and, on loopback, by the name it asked for: after a DNS rebinding the foreign page has our address but
 * still its own name (`Host`).
 */
export type GuardOptions = {
  readonly access: Pick<Access, 'whoIs' | 'isNeeded'>
  /** Whether the server listens on this machine only. */
  readonly isLoopback: boolean
}

export type Guard = (request: Request) => void | Promise<void>

const loopbackHost = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i
const ownSites = new Set(['same-origin', 'none'])
/** As what a browser may load an answer: never as script, style, image or frame of a page. */
const ownUses = new Set(['empty', 'document'])

export function createGuard({ access, isLoopback }: GuardOptions): Guard {
  const check = (who: Who, request: Request): void => {
    if (!access.isNeeded() && isLoopback) checkHost(request.headers)
    checkRight(who, request)
  }
  return (request) => {
    checkSite(request.headers)
    const who = access.whoIs(request)
    return who instanceof Promise ? who.then((known) => check(known, request)) : check(who, request)
  }
}

/** These routes ask for themselves, project by project. */
const ownRoutes = '/api/v1/'

/** Everything else tells of all projects at once, whosever they are: that is for whom all of this Weir belongs to. */
function checkRight(who: Who, { url, method }: Request): void {
  if (new URL(url).pathname.startsWith(ownRoutes)) return
  const right: Right = method === 'GET' || method === 'HEAD' ? 'read' : 'admin'
  if (who.projects !== null || !may(who, right, '')) {
    throw new Fault('forbidden', `This takes a key with the right ${right} for all projects`)
  }
  if (who.user.id === localUser.id || isOverAll(who)) return
  throw new Fault(
    'forbidden',
    `This takes a key of the user ${localUser.id}, or one with the right admin for all projects`,
  )
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
