import { Elysia } from 'elysia'
import { type Clock, wallClock } from '../core/clock.ts'
import { Fault, toFault } from '../core/fault.ts'
import { type Log, causeOf } from '../core/log.ts'
import type { CheckPolicies } from '../guard/service.ts'
import { createGuard } from './guard.ts'
import { type Access, createAccess } from './home/access.ts'
import { addHomeRoutes, type HomeOptions } from './home/routes.ts'
import { createLive } from './live.ts'
import { createPolicyAnswers } from './policies.ts'
import {
  CostParameters,
  FilterParameters,
  ListParameters,
  PushParameters,
  type Parameters,
  ReplayParameters,
  SessionParameters,
  checkNames,
  toCostQuery,
  toFilter,
  toQuery,
  toSessionQuery,
  toSpeed,
  wrong,
} from './query.ts'
import type { TraceFilter, TraceReader } from './reader.ts'
import { createServing, found, missing } from './serving.ts'
import { type Wait, realWait } from '../core/wait.ts'

/**
 * The HTTP API over traces, below `/api`. Handlers return data, whose types are the contract of the explorer, or a
 * whole `Response` where bytes are streamed; `set` is never touched, because Elysia then decodes streams.
 */
export type ApiOptions = {
  readonly traces: TraceReader
  /** Calls the listener whenever traces have been stored; returns what ends it. */
  readonly subscribe: (listener: () => void) => () => void
  readonly token: string | undefined
  /** Who may; without it whoever shows the token, or everybody if there is none. */
  readonly access?: Access
  /** Whether the server listens on this machine only. */
  readonly isLoopback: boolean
  readonly version: string
  /** Projects and traces for the clients of Invariant's Explorer; without it there are no routes for them. */
  readonly home?: HomeOptions
  /** Judges for others, in a thread of its own. */
  readonly checkPolicies: CheckPolicies
  /** Lifts the server's limit on silence for a request: `server.timeout(request, 0)`. */
  readonly allowSilence: (request: Request) => void
  readonly log: Log
  readonly now?: Clock
  readonly wait?: Wait
}

export type Api = ReturnType<typeof createApi>

export function createApi(options: ApiOptions) {
  const { traces, version, allowSilence, log, now = wallClock, wait = realWait } = options
  const access = options.access ?? createKeylessAccess(options, now)
  const guard = createGuard({ access, isLoopback: options.isLoopback })
  const live = createLive({ ...options, now, wait })
  const policies = createPolicyAnswers(options.checkPolicies)
  const serving = createServing({ traces, allowSilence, now, wait, log })
  const startedAt = now()

  const app = new Elysia({ prefix: '/api', name: 'api', normalize: false })
  // Not chained with the routes: the type of every answer would then say that it may be this `Response` as well.
  app.onTransform(async ({ request }) => guard(request))
  app.onError(({ error, request }) => refuse(error, request, log))
  app.mapResponse(({ response }) => (response instanceof Response ? undefined : told(response)))

  if (options.home !== undefined) addHomeRoutes(app, { whoIs: access.whoIs, ...options.home })

  return app
    .get('/status', async () => ({ version, startedAt, totals: await traces.totals() }))
    .get('/costs', ({ query }) => traces.costs(toCostQuery(query)), {
      query: CostParameters,
      transform: named(CostParameters),
    })
    .get('/pushes', async () => ({ projects: await traces.pushes() }))
    .post(
      '/pushes/retry',
      async ({ query: { project = null } }) => ({ waiting: await traces.retryPushes(project) }),
      { query: PushParameters, transform: named(PushParameters) },
    )
    .get('/open', async () => ({ exchanges: await traces.open() }))
    .get('/live', ({ request }) => {
      allowSilence(request)
      return live(request.headers.get('last-event-id'), request.signal)
    })
    .get('/traces', ({ query }) => traces.list(toQuery(query)), {
      query: ListParameters,
      transform: named(ListParameters),
    })
    .delete('/traces', async ({ query }) => ({ removed: await removeAll(toFilter(query), traces, now()) }), {
      query: FilterParameters,
      transform: named(FilterParameters),
    })
    .get('/traces/:id', async ({ params: { id } }) => {
      return found(await traces.get(id), id)
    })
    .delete('/traces/:id', async ({ params: { id } }) => {
      if ((await traces.remove([id])) === 0) throw missing(id)
      return { removed: 1 }
    })
    .get('/traces/:id/timeline', ({ params: { id } }) => serving.timeline(id))
    .get('/traces/:id/raw', ({ params: { id } }) => serving.raw(id))
    .get('/traces/:id/request', ({ params: { id } }) => serving.request(id))
    .get(
      '/traces/:id/replay',
      ({ params: { id }, query, request }) => serving.replay(id, toSpeed(query.speed), request),
      { query: ReplayParameters, transform: named(ReplayParameters) },
    )
    .get('/sessions', ({ query }) => traces.sessions(toSessionQuery(query)), {
      query: SessionParameters,
      transform: named(SessionParameters),
    })
    .get('/sessions/:id', async ({ params: { id } }) => {
      const session = await traces.session(id)
      if (session === null) throw new Fault('not-found', `There is no session "${id.slice(0, 50)}"`)
      return session
    })
    .post('/v1/policy/load', ({ request }) => policies('load', request), asItComes)
    .post('/v1/policy/check', ({ request }) => policies('check', request), asItComes)
    .post('/v1/policy/check/batch', ({ request }) => policies('batch', request), asItComes)
    .all('/', ({ request }) => notHere(request))
    .all('/*', ({ request }) => notHere(request))
}

function createKeylessAccess({ token, isLoopback }: ApiOptions, now: Clock): Access {
  const access = createAccess({ token, isLoopback, access: 'auto', now, wait: () => Promise.resolve() })
  access.take('{"keys":[],"hasKeys":false,"policies":[],"owned":[]}')
  return access
}

/** Before the values are looked at: a name that means nothing is the clearer error. */
function named(schema: Parameters) {
  return ({ request }: { readonly request: Request }) => checkNames(request.url, schema)
}

/** Elysia would read the body, on this thread, and without a bound. */
const asItComes = { parse: 'none' } as const

// 3 ms of the thread that stores.
const removedAtOnce = 50

/** Page by page, and nothing that comes meanwhile: it would never end on a busy gateway. */
async function removeAll(filter: TraceFilter, traces: TraceReader, nowMs: number): Promise<number> {
  if (Object.keys(filter).length === 0) {
    throw new Fault('bad-request', 'Say which traces to remove: at least one filter is needed')
  }
  const until = Math.min(filter.until ?? nowMs, nowMs)
  let removed = 0
  let before: string | undefined
  for (;;) {
    const query = { ...filter, until, limit: removedAtOnce, ...(before !== undefined && { before }) }
    const page = await traces.list(query)
    if (page.traces.length > 0) removed += await traces.remove(page.traces.map(({ id }) => id))
    if (page.next === null) return removed
    before = page.next
  }
}

function notHere({ method, url }: Request): never {
  throw new Fault('not-found', `The API has no ${method} ${new URL(url).pathname.slice(0, 200)}`)
}

const jsonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

function told(data: unknown): Response {
  return Response.json(data, { headers: jsonHeaders })
}

function refuse(error: unknown, { url }: Request, log: Log): Response {
  const fault = faultOf(error)
  if (fault.code === 'internal') log('error', 'bug', { where: 'api', cause: causeOf(fault.cause) })
  const headers: Record<string, string> = { ...jsonHeaders }
  if (fault.code === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="weir"'
  if (fault.retryAfterSeconds !== undefined) headers['retry-after'] = String(fault.retryAfterSeconds)
  const { code, message, status } = fault
  // Clients of Invariant's services look for `detail`.
  const detail = new URL(url).pathname.startsWith('/api/v1/') ? { detail: message } : {}
  return Response.json({ error: { code, message }, ...detail }, { status, headers })
}

/** The framework's own errors, of which only those can come that a client's request causes. */
function faultOf(error: unknown): Fault {
  if (!(error instanceof Error) || !('code' in error) || error instanceof Fault) return toFault(error)
  if (error.code === 'VALIDATION') return wrong(parameterOf(error))
  if (error.code === 'PARSE') return new Fault('bad-request', 'The body of the request cannot be read')
  return toFault(error)
}

function parameterOf(error: object): string {
  const detail = 'valueError' in error ? error.valueError : undefined
  const isPathed = typeof detail === 'object' && detail !== null && 'path' in detail
  return isPathed ? String(detail.path).slice(1) : 'unknown'
}
