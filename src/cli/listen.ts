import type { Certificate } from './certificate.ts'

/**
 * Owns the socket. Bun cannot change the certificate of a server that runs (`reload` ignores it), so a second server
 * takes the same port with the new one, and the first sends its clients there before it goes (docs/decisions/0001).
 */
export type Listener = {
  readonly url: string
  /** Serves new connections with this certificate from now on. Throws, and changes nothing, if it cannot. */
  readonly renew: (certificate: Certificate) => void
  /** How long this request may be silent before Bun closes its connection; 0 is for ever. */
  readonly setSilence: (request: Request, seconds: number) => void
  /** No new connections; resolves when all answers have ended. */
  readonly drain: () => Promise<void>
  /** Closes what is still open. */
  readonly end: () => Promise<void>
}

type Server = Bun.Server<unknown>

/** What of Elysia is needed here: each `listen` puts another server in its `server`. */
export type App = {
  readonly server: Server | null
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly listen: (options: object) => unknown
}

export type ListenOptions = {
  readonly host: string
  readonly port: number
  readonly certificate: Certificate | null
  /** What Bun serves by itself. */
  readonly pages: Readonly<Record<string, Bun.HTMLBundle>>
  readonly idleTimeout: number
  readonly maxRequestBodySize: number
}

// What closes an idle connection resets a request that is on its way on it: 86 of 35,000 in ten renewals. Busy clients
// are told to leave instead, and after this time only those are left that are truly idle: none of 400,000.
const farewellMs = 1_000

export function listen(app: App, { certificate, host, port, pages, ...limits }: ListenOptions): Listener {
  const draining = new Set<Server>()
  let current = certificate
  if (port !== 0) refuseTaken(host, port)
  let server = open(port, certificate)
  const taken = server.port ?? port

  function open(at: number, tls: Certificate | null): Server {
    const own = tls === null ? { reusePort: false } : { reusePort: true, tls, http2: true }
    withoutListener('beforeExit', () =>
      app.listen({ hostname: host, port: at, development: false, ...limits, ...own }),
    )
    if (app.server === null) throw new Error('Elysia has no server after it was told to listen')
    return app.server
  }

  function renew(next: Certificate): void {
    if (current === null) throw new Error('Without TLS there is no certificate to renew')
    if (next.cert === current.cert && next.key === current.key) return
    const last = server
    server = open(taken, next)
    current = next
    draining.add(last)
    last.reload({ routes: pages, fetch: async (request) => closing(await app.fetch(request)) })
    setTimeout(() => void last.stop().then(() => draining.delete(last)), farewellMs)
  }

  const everyServer = (): Server[] => [server, ...draining]
  const scheme = certificate === null ? 'http' : 'https'
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    renew,
    // Whichever server accepted the request: Bun finds its connection by the request alone.
    setSilence: (request, seconds) => server.timeout(request, seconds),
    drain: async () => void (await Promise.all(everyServer().map((each) => each.stop()))),
    end: async () => void (await Promise.all(everyServer().map((each) => each.stop(true)))),
  }
}

/** Elysia would stop its server when the process has nothing left to do: ours always has, and each start adds one. */
function withoutListener(event: 'beforeExit', act: () => unknown): void {
  const before = new Set(process.listeners(event))
  act()
  for (const added of process.listeners(event)) if (!before.has(added)) process.off(event, added)
}

/** The client opens another connection for its next request. Where one carries many, as in HTTP/2, this means nothing. */
function closing(response: Response): Response {
  response.headers.set('connection', 'close')
  return response
}

/** A port that is shared with our own next server would be shared with another Weir as well, in silence. */
function refuseTaken(hostname: string, port: number): void {
  void Bun.serve({ hostname, port, fetch: () => new Response() }).stop(true)
}
