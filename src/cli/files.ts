import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import { dialects } from '../dialect/index.ts'
import type { LedgerSettings } from '../trace/account.ts'
import { createCosts, noCosts } from '../trace/costs.ts'
import { countDue } from '../trace/due.ts'
import { type Lists, createLists } from '../trace/query.ts'
import { type Reader, createReader } from '../trace/read.ts'
import { createSessions, type Sessions } from '../trace/session/show.ts'
import { type Store, visitStore } from '../trace/store.ts'
import type { TraceHead } from '../trace/trace.ts'
import { troubleOf } from '../trace/trouble.ts'
import { type ClearOptions, clear } from './clear.ts'
import { exportFrom, importInto } from './home/files.ts'
import { readPushes, retryPushes } from './pushes.ts'
import { repriceFiles } from './reprice.ts'
import { stitchAll } from './sessions/stitch-all.ts'
import type { TraceQuery, TraceSource } from './source.ts'
import { troubled } from './trouble.ts'

/** Traces from the store's own files: beside a Weir that runs, without one, or before the first has run. */
export const storeFile = 'traces.sqlite'
/** Prices that were downloaded. */
export const pricesFile = 'prices.json'

export function ledgerOf({ data, ledger }: Pick<Config, 'data' | 'ledger'>): LedgerSettings {
  const { prices = null, estimate } = ledger
  return { prices, refreshed: join(data, pricesFile), estimate }
}

const mostAtOnce = 1000

export function openFiles(folder: string, options: ClearOptions): TraceSource {
  const path = join(folder, storeFile)
  const { visit, close } = createVisit(path, options.now)
  /** What there is to say of a store, and of none. */
  const ask = <Value>(none: Value, question: (open: Open) => Value): Value => {
    const open = visit()
    if (open === null) return none
    try {
      return question(open)
    } catch (error) {
      throw troubled(path, troubleOf(error))
    }
  }

  return {
    list: async (query, { limit, cursor }) =>
      ask({ traces: [], cursor: null }, ({ lists }) => {
        const { traces, next } = lists.list({ ...query, limit, before: cursor ?? undefined })
        return { traces, cursor: next }
      }),
    // Whatever the first writer brings is new.
    after: async (query, cursor) =>
      ask({ traces: [], cursor: '0' }, ({ lists }) => allAfter(query, cursor, lists)),
    get: async (id) => ask(null, ({ reader }) => reader.get(id)),
    running: async (id) => ask(null, ({ reader }) => reader.getOpen(id)),
    raw: async (id) => ask(null, ({ reader }) => reader.raw(id)),
    sessions: async (query, { limit, cursor }) =>
      ask({ sessions: [], cursor: null }, ({ sessions }) => {
        const page = sessions.sessions({ ...query, limit, before: cursor ?? undefined })
        return { sessions: page.sessions, cursor: page.next }
      }),
    session: async (id) => ask(null, ({ sessions }) => sessions.session(id)),
    rebuildSessions: async (tell) =>
      visit() === null ? { seen: 0, joined: 0 } : stitchAll(path, options, tell),
    importLines: (of) => importInto(path, of, options),
    exportLines: (of) => (visit() === null ? null : exportFrom(path, of, options)),
    prune: async (policy) => {
      if (policy.mode === 'count') return ask({ traces: 0, bytes: 0 }, ({ store }) => countDue(store, policy))
      return visit() === null ? { traces: 0, bytes: 0 } : clear(policy, path, options)
    },
    costs: async (query) => ask(noCosts, ({ store }) => createCosts(store)(query)),
    pushes: async () => readPushes(path),
    retryPushes: async (project) => retryPushes(path, project, options),
    reprice: async (policy) => {
      return visit() === null ? { looked: 0, changed: 0 } : repriceFiles(policy, path, options)
    },
    missing: () => (visit() === null ? path : null),
    close: async () => close(),
  }
}

type Open = {
  readonly store: Store
  readonly lists: Lists
  readonly reader: Reader
  readonly sessions: Sessions
}

/** Opened when it is first there: who follows may have come before it. */
function createVisit(path: string, now: Clock) {
  let open: Open | null = null
  const visit = (): Open | null => {
    if (open !== null) return open
    const visited = visitStore(path)
    if (visited.kind === 'missing') return null
    if (visited.kind === 'failed') throw troubled(path, visited.trouble)
    const { store } = visited
    const reader = createReader(store)
    const sessions = createSessions(store, { reader, dialects, now })
    open = { store, lists: createLists(store, { now }), reader, sessions }
    return open
  }
  return { visit, close: () => open?.store.close() }
}

function allAfter(query: TraceQuery, cursor: string | null, lists: Lists) {
  const traces: TraceHead[] = []
  let last = cursor
  for (;;) {
    const news = lists.after(last, { ...query, limit: mostAtOnce })
    traces.push(...news.traces)
    if (news.cursor === last || last === null || traces.length >= mostAtOnce)
      return { traces, cursor: news.cursor }
    last = news.cursor
  }
}
