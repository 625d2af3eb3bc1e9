import { noCosts } from '../../../src/trace/costs.ts'
import { createCommands } from '../../../src/cli/commands.ts'
import { run } from '../../../src/cli/run.ts'
import type { TraceQuery, TraceRecord, TraceSource } from '../../../src/cli/source.ts'
import { unconfigured } from '../../../src/guard/detect/local.ts'
import type { World } from '../../../src/cli/world.ts'

/** A world of which a test sees all: what was written, where, and how long a command waited. */
export type Played = {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly waits: readonly number[]
}

export async function play(list: readonly string[], changes: Partial<World> = {}): Promise<Played> {
  const written = { out: '', err: '' }
  const waits: number[] = []
  const decoder = new TextDecoder()
  let nowMs = Date.parse('2026-05-02T10:00:00Z')
  const world: World = {
    stdout: (text) => {
      written.out += typeof text === 'string' ? text : decoder.decode(text, { stream: true })
    },
    stderr: (text) => {
      written.err += text
    },
    isTerminal: false,
    isErrorTerminal: false,
    width: 100,
    environment: { HOME: '/home/ada' },
    now: () => nowMs,
    wait: async (ms) => {
      waits.push(Math.round(ms))
      nowMs += ms
    },
    stop: new AbortController().signal,
    folder: '/srv',
    openLines: async () => null,
    readText: async () => null,
    readBytes: async () => null,
    findFiles: async () => null,
    writeNew: async () => true,
    version: '1.2.3',
    fetch: () => Promise.reject(new Error('The tests have no network')),
    serve: async () => 0,
    connect: () => unconfigured,
    typed: 'weir',
    openTraces: async () => sourceOf([]),
    openKeys: () => {
      throw new Error('This world has no keys')
    },
    ...changes,
  }
  const code = await run(list, createCommands({}), world)
  return { code, ...written, waits }
}

export function traceOf(changes: Partial<TraceRecord> = {}): TraceRecord {
  const digest = { bytes: 1200, sha256: null }
  return {
    id: '01k3v9w2b60017f3kq8s',
    origin: 'recorded',
    startedAt: Date.parse('2026-05-02T09:30:00Z'),
    project: 'default',
    provider: 'openai',
    dialect: 'openai-chat',
    model: 'gpt-5',
    stream: true,
    method: 'POST',
    path: '/v1/chat/completions',
    status: 200,
    outcome: 'answered',
    detail: null,
    timing: { calledMs: 1, answeredMs: 300, firstByteMs: 420, endedMs: 2345 },
    client: null,
    usage: { input: 1200, cachedInput: null, cacheWrite: null, output: 45, reasoning: null },
    sizes: { requestReceived: digest, requestSent: digest, replyReceived: digest, replySent: digest },
    attempts: 1,
    dropped: { request: 0, reply: 0 },
    session: null,
    parent: null,
    push: null,
    request: { model: 'gpt-5' },
    requestHeaders: [['content-type', 'application/json']],
    reply: { text: 'Hello' },
    answer: { ending: 'complete', model: 'gpt-5', unknownEvents: {} },
    requestSplice: null,
    replyHeaders: [['content-type', 'text/event-stream']],
    error: null,
    verdict: null,
    policy: null,
    verdicts: [],
    cost: null,
    costUnknown: 'No price is known',
    pushed: null,
    ...changes,
  }
}

/** Traces in memory, newest first as given; `asked` gathers the queries. */
export function sourceOf(traces: readonly TraceRecord[], asked: TraceQuery[] = []): TraceSource {
  return {
    list: async (query, { limit, cursor }) => {
      asked.push(query)
      const start = Number(cursor ?? 0)
      const end = start + limit
      return { traces: traces.slice(start, end), cursor: end < traces.length ? String(end) : null }
    },
    after: async (query, cursor) => {
      asked.push(query)
      return {
        traces: cursor === null ? [] : traces.slice(Number(cursor)),
        cursor: String(cursor === null ? 0 : traces.length),
      }
    },
    get: async (id) => traces.find((trace) => trace.id === id) ?? null,
    running: async () => null,
    raw: async () => null,
    costs: async () => noCosts,
    reprice: async () => ({ looked: traces.length, changed: 0 }),
    pushes: async () => [],
    retryPushes: async () => 0,
    sessions: async () => ({ sessions: [], cursor: null }),
    session: async () => null,
    rebuildSessions: null,
    importLines: null,
    exportLines: null,
    prune: async () => ({ traces: 0, bytes: null }),
    missing: () => null,
    close: async () => undefined,
  }
}
