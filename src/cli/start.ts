import { join } from 'node:path'
import { createApi } from '../api/api.ts'
import { createLetIn } from '../api/home/let-in.ts'
import { createPolicyDesk, type HireChecker } from '../api/policy-desk.ts'
import { createTraceReader } from '../api/traces.ts'
import { isLoopback } from '../config/server.ts'
import explorerPage from '../explorer/index.html'
import type { Config } from '../config/schema.ts'
import { wallClock } from '../core/clock.ts'
import { createIds } from '../core/id.ts'
import type { Log } from '../core/log.ts'
import { createMetrics } from '../core/metrics.ts'
import { createDemo } from '../demo/demo.ts'
import type { Exchange } from '../exchange.ts'
import { createFindOrders, emptyBook, type Book } from '../judge/given.ts'
import { createHear, type Hear } from '../judge/hear.ts'
import { createJudges, type HireJudge } from '../judge/judges.ts'
import { createJudgeObserve, gaugeJudges } from '../judge/observe.ts'
import type { Hire } from '../merge/pool.ts'
import { createRecorder } from '../merge/recorder.ts'
import { createCatalogue } from '../provider/catalogue.ts'
import type { HireSender } from '../push/desk.ts'
import { createServer } from '../server.ts'
import { createDesk, type HireClerk } from '../trace/desk.ts'
import { createCall } from '../upstream/call.ts'
import { createPatience, lookEveryMs, type Waiter } from '../upstream/patience.ts'
import { accessOf, mayBringOf, poolOf } from './access.ts'
import { createAskSelf } from './ask-self.ts'
import { readCertificate } from './certificate.ts'
import { pricesFile } from './files.ts'
import { end } from './end.ts'
import { keepFresh } from './freshness.ts'
import { gatewayOf } from './gateway.ts'
import { listen } from './listen.ts'
import { createObserve, gaugeLoad } from './observe.ts'
import { detectorNamesOf } from './policies.ts'
import { pushesOf } from './pushing.ts'

/** Everything built and started. One gateway follows another as the configuration changes; what they share stays. */
export type Outside = {
  readonly hire: Hire
  readonly hireClerk: HireClerk
  readonly hireChecker: HireChecker
  readonly hireJudge: HireJudge
  readonly hireSender: HireSender
  readonly version: string
  readonly log: Log
  /** How many lines of the log its reader did not take. */
  readonly droppedLines: () => number
}

export type Running = {
  readonly url: string
  /** What cannot change while it runs (address, data) is told and stays as it was. */
  readonly reload: (config: Config, book?: Book) => void
  /** Reads the certificate's files again; throws, and goes on with the last one, if they cannot be used. */
  readonly renew: () => void
  /** No new exchanges; the running ones finish, or are told that they will not; then the store is flushed. */
  readonly stop: () => Promise<void>
}

// An idle connection of a client is closed after this; a running exchange has limits of its own.
const idleSeconds = 120
// The gateway has limits of its own, told in the client's dialect; this one is for what gets past them.
const mostRequestBytes = 4 * 2 ** 30

export function start(config: Config, outside: Outside, book: Book = emptyBook): Running {
  const { hire, hireClerk, hireChecker, hireJudge, hireSender, version, log, droppedLines } = outside
  const now = wallClock
  const metrics = createMetrics()
  const listeners = new Set<() => void>()
  const onKept = () => listeners.forEach((listener) => listener())
  const access = accessOf(config, now)
  const wake = () => judges.wake()
  const { pool, keyUses } = poolOf(config, access, { hire, onKept, wake, log, now })
  const pushing = pushesOf(config, pool, { hire: hireSender, metrics, log, now })
  if (pushing !== null) listeners.add(pushing.wake)
  const recorder = createRecorder(pool, config.traces, now)
  const call = createCall(createDemo({ now }))
  const load = { running: new Set<Exchange>(), stopping: false }
  const createId = createIds(now)
  const observe = createObserve(metrics, log)
  // The configuration in force: each reload puts a new gateway in its place.
  let timeouts = config.timeouts
  let keepAliveMs = config.keepAliveMs
  let tls = config.tls
  const patience = createPatience(() => ({ ...timeouts, keepAliveMs }), now)
  let judging = config.judging
  const judgeObserve = createJudgeObserve(metrics)
  const { judged } = judgeObserve
  let { detectors } = config
  const asking = {
    means: () => ({ detectors, limits: judging.limits }),
    ask: createAskSelf(() => gateway, observe),
  }
  const policies = createPolicyDesk({ ...asking, hire: hireChecker })
  const judges = createJudges({
    ...asking,
    hire: hireJudge,
    settings: () => judging,
    judged,
    log,
    now,
  })
  const means = { call, recorder, patience, createId, settled, log, now, load }
  const gatewayFor = (next: Config, nextBook: Book) =>
    gatewayOf(next, { ...means, hear: hearOf(next, nextBook) })
  let gateway = gatewayFor(config, book)

  function hearOf({ judging: settings }: Config, { all, projects }: Book): Hear {
    // There before the first request that it is to judge.
    if (all.length > 0 || projects.size > 0) judges.wake()
    const find = createFindOrders({ all, projects }, settings.precedence, access.rulesOf)
    const mayBring = mayBringOf(settings.header, access)
    const came = (exchange: Waiter) => patience.wait(exchange, 'next')
    return createHear({ find, mayBring, settings, judges, recorder, observe: judgeObserve, came, now })
  }

  function settled(exchange: Exchange): void {
    listener.setSilence(exchange.request, idleSeconds)
    observe(exchange)
  }

  function reload(next: Config, nextBook: Book = emptyBook): void {
    // First what can fail: a file that cannot be read changes nothing.
    const certificate = tls === undefined || next.tls === undefined ? null : readCertificate(next.tls)
    const nextGateway = gatewayFor(next, nextBook)
    if (certificate !== null) {
      listener.renew(certificate)
      tls = next.tls
    }
    gateway = nextGateway
    timeouts = next.timeouts
    keepAliveMs = next.keepAliveMs
    judging = next.judging
    detectors = next.detectors
    judges.meet()
    policies.meet()
  }

  function renew(): void {
    if (tls !== undefined) listener.renew(readCertificate(tls))
  }

  async function stop(): Promise<void> {
    await end({ listener, load, judges, recorder, keyUses, pushing, pool, log, now }, timeouts.drainMs)
    clearInterval(looking)
    leavePrices?.()
  }

  const desk = createDesk(hireClerk)
  const api = createApi({
    traces: createTraceReader(desk, {
      change: pool.change,
      wakeSender: () => pushing?.wake(),
    }),
    home: {
      store: { ask: (question) => desk('home', question), change: pool.change },
      detectors: () => [...detectorNamesOf(detectors)],
      now,
    },
    access,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    checkPolicies: policies.check,
    token: config.token,
    isLoopback: isLoopback(config.listen.host),
    version,
    allowSilence: (request) => listener.setSilence(request, 0),
    log,
  })
  gaugeLoad(metrics, pool, load.running)
  metrics.gauge('weir_policy_requests', 'Requests to judge policies that wait for it', policies.waiting)
  gaugeJudges(metrics, judges)
  metrics.gauge('weir_log_dropped_lines', 'Lines of the log that its reader did not take', droppedLines)
  const app = createServer({
    gateway: () => gateway,
    catalogue: createCatalogue({ fetch, deadline: (ms) => AbortSignal.timeout(ms), now, log }),
    isReady: () => !load.stopping,
    letIn: createLetIn(access),
    mayUse: access.permit,
    userOf: access.userOf,
    metrics: metrics.print,
    api,
    page: explorerPage,
    log,
  })
  const listener = listen(app, {
    ...config.listen,
    certificate: tls === undefined ? null : readCertificate(tls),
    pages: { '/': explorerPage },
    idleTimeout: idleSeconds,
    maxRequestBodySize: mostRequestBytes,
  })
  const looking = setInterval(patience.look, lookEveryMs)
  const leavePrices =
    config.ledger.refresh === 'daily'
      ? keepFresh({ get: fetch, path: join(config.data, pricesFile), log, now })
      : null
  return { url: listener.url, reload, renew, stop }
}
