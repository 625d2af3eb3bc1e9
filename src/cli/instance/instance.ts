import type { CostQuery, CostTotals } from '../../trace/costs.ts'
import type { RawReply, TraceSource } from '../source.ts'
import { type Ask, type AskOptions, createAsk } from './ask.ts'
import { createFollowing } from './following.ts'
import { createRemoval } from './removal.ts'
import { createList, createSessionList } from './list.ts'
import { Session } from './session.ts'
import { Costs, Pushes, Retried, Timeline, Trace, type Shape } from './shape.ts'

/** Traces from a Weir that runs somewhere, over its HTTP API. */
export type InstanceOptions = AskOptions & {
  /** What the user should know although the command goes on. */
  readonly warn: (message: string) => void
}

export function openInstance(options: InstanceOptions): TraceSource {
  const ask = createAsk(options)
  const list = createList(ask)
  const following = createFollowing({ ask, list, warn: options.warn })
  const listSessions = createSessionList(ask)
  const removal = createRemoval(ask, list)
  return {
    list: async (query, { limit, cursor }) => {
      const { traces, next } = await list(query, limit, cursor)
      return { traces, cursor: next }
    },
    after: following.after,
    get: (id) => ask.json(`traces/${encodeURIComponent(id)}`, Trace),
    // Its API tells only of what has ended.
    running: async () => null,
    raw: (id) => raw(id, ask),
    sessions: async (query, { limit, cursor }) => {
      const { sessions, next } = await listSessions(query, limit, cursor)
      return { sessions, cursor: next }
    },
    session: (id) => ask.json(`sessions/${encodeURIComponent(id)}`, Session),
    rebuildSessions: null,
    importLines: null,
    exportLines: null,
    prune: (policy) => (policy.mode === 'count' ? removal.count(policy) : removal.remove(policy)),
    costs: (query) => costs(query, ask),
    pushes: async () => {
      const told = await ask.json('pushes', Pushes)
      if (told === null) throw ask.stranger()
      return told.projects
    },
    retryPushes: async (project) => {
      const parameters = { project: project ?? undefined }
      const told = await ask.json('pushes/retry', Retried, { method: 'POST', parameters })
      if (told === null) throw ask.stranger()
      return told.waiting
    },
    reprice: () => Promise.reject(new Error('Prices are made anew where the traces are kept: without --url')),
    missing: () => null,
    close: following.close,
  }
}

async function costs({ by, ...filters }: CostQuery, ask: Ask): Promise<CostTotals> {
  const parameters = { by: by.length === 0 ? undefined : by.join(','), ...filters }
  const totals = await ask.json('costs', Costs, { parameters })
  if (totals === null) throw ask.stranger()
  return totals
}

async function raw(id: string, ask: Ask): Promise<RawReply | null> {
  const path = `traces/${encodeURIComponent(id)}`
  const timeline = await ask.json(`${path}/timeline`, Timeline)
  if (timeline === null) return null
  const response = await ask.open(`${path}/raw`)
  // The trace is there, so what is not is an answer.
  const bytes = response === null ? new Uint8Array() : await response.bytes()
  return { bytes, reads: readsOf(timeline) }
}

/** The API tells the bytes of each slot of time, 160 of them: a replay is that exact. */
function readsOf({ fromMs, slotMs, slots }: Shape<typeof Timeline>): number[] {
  return slots.flatMap((bytes, slot) =>
    bytes > 0 ? [Math.round((fromMs + slot * slotMs) * 1000), bytes] : [],
  )
}
