import { createIds } from '../../src/core/id.ts'
import type { RawPart, TraceReader, TraceRecord } from '../../src/api/reader.ts'
import type { OpenTrace } from '../../src/trace/read.ts'
import type { PushSums } from '../../src/trace/push/entry.ts'
import type { SessionView } from '../../src/trace/session/show.ts'
import type { TraceHead } from '../../src/trace/trace.ts'

/** Traces in memory behind the reader's contract, for tests of what stands on it. */
export type Stored = {
  readonly record: TraceRecord
  readonly parts: readonly RawPart[]
  readonly body: Uint8Array
}

const createId = createIds(() => Date.UTC(2026, 0, 31, 12))

export function storedTrace(change: Partial<TraceRecord> = {}, parts: readonly RawPart[] = []): Stored {
  const head: TraceHead = {
    id: createId(),
    origin: 'recorded',
    startedAt: Date.UTC(2026, 0, 31, 12),
    project: 'default',
    provider: 'demo',
    dialect: 'openai-chat',
    model: 'human',
    stream: true,
    method: 'POST',
    path: '/demo/v1/chat/completions',
    status: 200,
    outcome: 'answered',
    detail: null,
    timing: { calledMs: 1.2, answeredMs: 20, firstByteMs: 30, endedMs: 400 },
    client: null,
    cost: null,
    usage: { input: 12, cachedInput: null, cacheWrite: null, output: 34, reasoning: null },
    sizes: {
      requestReceived: { bytes: 100, sha256: 'a'.repeat(64) },
      requestSent: { bytes: 100, sha256: 'a'.repeat(64) },
      replyReceived: { bytes: 200, sha256: 'b'.repeat(64) },
      replySent: { bytes: 200, sha256: 'b'.repeat(64) },
    },
    attempts: 1,
    dropped: { request: 0, reply: 0 },
    verdict: null,
    session: null,
    parent: null,
    push: null,
  }
  const record: TraceRecord = {
    ...head,
    request: { model: 'human', messages: [{ role: 'user', content: 'Hello' }] },
    requestHeaders: [['content-type', 'application/json']],
    reply: { choices: [{ message: { role: 'assistant', content: 'Hi there' } }] },
    replyHeaders: [['content-type', 'text/event-stream']],
    answer: { ending: 'complete', model: null, error: null, unknownEvents: {} },
    requestSplice: null,
    conversation: null,
    error: null,
    policy: null,
    verdicts: [],
    cost: null,
    costUnknown: 'No price is known',
    withheld: { request: null, reply: null },
    pushed: null,
    ...change,
  }
  return { record, parts, body: new TextEncoder().encode(JSON.stringify(record.request)) }
}

export function openTrace(change: Partial<OpenTrace> = {}): OpenTrace {
  const { project, provider, dialect, model, stream, method, path } = storedTrace().record
  const said = { project, provider, dialect, model, stream, method, path, status: 200, requestBytes: 100 }
  return { ...said, id: createId(), startedAt: Date.now(), ...change }
}

const noCosts = {
  traces: 0,
  unpriced: 0,
  incomplete: 0,
  estimated: 0,
  tokens: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  cost: '0',
}

export function fakeTraces(initial: readonly Stored[] = []) {
  const stored = [...initial]
  const open: OpenTrace[] = []
  const sessions: SessionView[] = []
  const pushes: PushSums[] = []
  const listeners = new Set<() => void>()
  const calls: unknown[] = []
  const find = (id: string) => stored.find(({ record }) => record.id === id) ?? null
  const traces: TraceReader = {
    list: async (query) => {
      calls.push(query)
      const { limit, before, text, outcome, provider, model, project, status, since, until } = query
      const matching = stored
        .map(({ record }) => record)
        .filter((record) => before === undefined || record.id < before)
        .filter((record) => outcome === undefined || record.outcome === outcome)
        .filter((record) => provider === undefined || record.provider === provider)
        .filter((record) => model === undefined || record.model === model)
        .filter((record) => project === undefined || record.project === project)
        .filter((record) => status === undefined || record.status === status)
        .filter((record) => since === undefined || record.startedAt >= since)
        .filter((record) => until === undefined || record.startedAt < until)
        .filter((record) => text === undefined || JSON.stringify(record).includes(text))
        .sort((left, right) => (left.id < right.id ? 1 : -1))
      const page = matching.slice(0, limit).map(toHead)
      return { traces: page, next: matching.length > limit ? (page.at(-1)?.id ?? null) : null }
    },
    get: async (id) => find(id)?.record ?? null,
    raw: async (id) => {
      const one = find(id)
      if (one === null) return null
      return { head: toHead(one.record), headers: one.record.replyHeaders ?? [], parts: inOrder(one.parts) }
    },
    requestBody: async (id) => {
      const one = find(id)
      return one === null ? null : { headers: one.record.requestHeaders ?? [], bytes: one.body }
    },
    remove: async (ids) => {
      const kept = stored.filter(({ record }) => !ids.includes(record.id))
      const removed = stored.length - kept.length
      stored.splice(0, stored.length, ...kept)
      return removed
    },
    open: async () => [...open],
    costs: async (query) => {
      calls.push(query)
      return { currency: 'USD', total: noCosts, groups: [], isCut: false }
    },
    totals: async () => ({ count: stored.length, bytes: 4096, oldest: stored[0]?.record.startedAt ?? null }),
    after: async (cursor, limit) => {
      if (cursor === null) return { traces: [], cursor: String(stored.length) }
      const found = stored.slice(Number(cursor), Number(cursor) + limit)
      return {
        traces: found.map(({ record }) => toHead(record)),
        cursor: String(Number(cursor) + found.length),
      }
    },
    sessions: async (filter) => {
      calls.push(filter)
      return { sessions: sessions.map(({ threads, exchanges, unread, ...head }) => head), next: null }
    },
    session: async (id) => sessions.find((session) => session.id === id) ?? null,
    pushes: async () => pushes,
    retryPushes: async (project) => {
      calls.push({ retry: project })
      return pushes.reduce((sum, each) => sum + each.refused, 0)
    },
  }
  return {
    traces,
    calls,
    listeners,
    stored,
    open,
    sessions,
    pushes,
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    add: (...more: readonly Stored[]) => {
      stored.push(...more)
      for (const listener of listeners) listener()
    },
  }
}

export function toHead(record: TraceRecord): TraceHead {
  const { request, requestHeaders, requestSplice, reply, replyHeaders, answer, error, costUnknown, ...head } =
    record
  return head
}

async function* inOrder(parts: readonly RawPart[]): AsyncGenerator<RawPart> {
  yield* parts
}
