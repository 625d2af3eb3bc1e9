import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { idAt } from '../../src/core/id.ts'
import { dialects } from '../../src/dialect/index.ts'
import { createBook } from '../../src/ledger/book.ts'
import { createCount } from '../../src/ledger/count.ts'
import { createRebuild } from '../../src/merge/rebuild.ts'
import type { Batch, Report } from '../../src/merge/report.ts'
import { createCosts } from '../../src/trace/costs.ts'
import { createKeeper } from '../../src/trace/keeper.ts'
import { createLabels } from '../../src/trace/labels.ts'
import { createPieceStore } from '../../src/trace/piece-store.ts'
import { createReader } from '../../src/trace/read.ts'
import { createSessions, type Sessions } from '../../src/trace/session/show.ts'
import { Traces } from '../../src/trace/schema.ts'
import { createSecretsOf } from '../../src/trace/secrets.ts'
import { openStore, type Store } from '../../src/trace/store.ts'
import { createAgent, toBody, type Message } from '../support/agent.ts'
import type { Row } from '../support/bench.ts'
import { exampleRequest } from '../support/exchange.ts'
import { atMost } from '../support/finding.ts'

/**
 * Sessions in a store of 100,000 traces, and one of 250 turns that grows to 1.9 MB: what the last turns cost the one
 * thread that stores, and what it takes to read the list, the longest session and the costs. All in CPU time.
 */
const turnCount = 250
const resultBytes = 5_500
const talkTurns = 10

export const session: Row = {
  name: 'session',
  run: async ({ launcher, size }) => {
    const folder = join(launcher.folder, 'session')
    const store = open(join(folder, 'traces.sqlite'))
    const keep = keeperOf(store)
    const count = size === 'full' ? 100_000 : 10_000
    const traceUs = fill(keep, count)
    const { lastMs, id } = grow(keep, count)
    const sessions = sessionsOf(store)
    const listMs = timeOf(() => sessions.sessions({ limit: 50 }))
    const shown = { messages: 0 }
    const showMs = timeOf(() => {
      shown.messages = sessions.session(id)?.threads[0]?.messages.length ?? 0
    })
    const costs = createCosts(store)
    const sumsMs = timeOf(() => costs({ by: ['day', 'model'] }))
    const costsMs = timeOf(() => costs({ by: ['session'] }))
    store.close()
    await rm(folder, { recursive: true, force: true })
    const base = {
      bare: null,
      nginx: null,
      raw: { count, traceUs, lastMs, listMs, showMs, sumsMs, costsMs, ...shown },
    } as const
    const isWhole = shown.messages === turnCount * 2 + 2
    const among = `among ${count} traces`
    return [
      atMost(
        {
          ...base,
          what: 'session: a turn of 1.9 MB, stored',
          target: 'under 50 ms',
          unit: 'ms',
          weir: lastMs,
          note: `hashed, cut, stitched and rebuilt, ${among}; ${traceUs.toFixed(0)} µs a small trace`,
        },
        lastMs,
        50,
      ),
      atMost(
        {
          ...base,
          what: 'session: 50 of the list',
          target: 'under 50 ms',
          unit: 'ms',
          weir: listMs,
          note: among,
        },
        listMs,
        50,
      ),
      atMost(
        {
          ...base,
          what: 'session: 250 turns, shown',
          target: 'under 200 ms',
          unit: 'ms',
          weir: showMs,
          note: `${shown.messages} messages, each once`,
        },
        isWhole ? showMs : Infinity,
        200,
      ),
      atMost(
        {
          ...base,
          what: 'costs: by day and model',
          target: 'under 50 ms',
          unit: 'ms',
          weir: sumsMs,
          note: `${among}; by session ${costsMs.toFixed(0)} ms`,
        },
        sumsMs,
        50,
      ),
    ]
  },
}

type Keep = (exchanges: readonly Exchange[]) => number
type Exchange = { readonly id: string; readonly request: string; readonly reply: string }

/** Conversations of ten turns each, taking turns: what comes together is not of one conversation. */
function fill(keep: Keep, count: number): number {
  const size = 400
  let spent = 0
  for (let first = 0; first < count; first += size) {
    const exchanges = Array.from({ length: size }, (_, at): Exchange => {
      const round = Math.floor(first / (size * talkTurns))
      const turn = Math.floor(first / size) % talkTurns
      const messages: Message[] = [{ role: 'user', content: `Talk ${round} ${at}` }]
      for (let before = 0; before < turn; before++) {
        messages.push(
          { role: 'assistant', content: `Said ${before}` },
          { role: 'user', content: `And ${before}?` },
        )
      }
      const said: Message = { role: 'assistant', content: `Said ${turn}` }
      return { id: idOf(first + at), request: toBody(messages), reply: toReply(said) }
    })
    spent += keep(exchanges)
  }
  return (spent * 1000) / count
}

/** One agent's turns, each alone in its batch; the median of the last twenty. */
function grow(keep: Keep, count: number): { readonly lastMs: number; readonly id: string } {
  const agent = createAgent(seed)
  const messages: Message[] = [...agent.opening]
  const times: number[] = []
  for (let turn = 0; turn < turnCount; turn++) {
    const { said, result } = agent.turn(resultBytes)
    times.push(keep([{ id: idOf(count + turn), request: toBody(messages), reply: toReply(said) }]))
    messages.push(said, result)
  }
  times.push(
    keep([
      {
        id: idOf(count + turnCount),
        request: toBody(messages),
        reply: toReply({ role: 'assistant', content: 'Done' }),
      },
    ]),
  )
  const last = times.slice(-20).sort((one, other) => one - other)
  return { lastMs: last[10] ?? Infinity, id: idOf(count) }
}

const seed = 11

function open(path: string): Store {
  const opened = openStore({ path, durable: false, log: () => undefined, now: Date.now })
  if (opened.kind === 'open') return opened.store
  throw new Error(opened.trouble.message)
}

/** What one batch costs the thread that stores. */
function keeperOf(store: Store): Keep {
  const pieces = createPieceStore(store.database)
  const log = () => undefined
  const book = createBook({ prices: null, refreshed: null, log, now: Date.now })
  const accounts = { ...book, labelOf: createLabels(store.database), count: createCount() }
  const means = {
    ...Value.Parse(Traces, {}),
    createRebuild,
    dialects,
    accounts,
    secretsOf: createSecretsOf(),
    pushes: {},
    log,
  }
  const keeper = createKeeper({ store, pieces, sender: 'bench', means })
  let number = 0
  return (exchanges) => {
    const batch = batchOf(++number, exchanges)
    const start = cpuMs()
    const kept = keeper.keep(batch)
    const ms = cpuMs() - start
    if (kept.kind !== 'kept' || kept.bad > 0) throw new Error(`Not kept: ${JSON.stringify(kept)}`)
    return ms
  }
}

function sessionsOf(store: Store): Sessions {
  return createSessions(store, { reader: createReader(store), dialects, now: Date.now })
}

function batchOf(number: number, exchanges: readonly Exchange[]): Batch {
  const bytes = Buffer.from(exchanges.map(({ request, reply }) => request + reply).join(''))
  return { number, reports: exchanges.map(reportOf), bytes: new Uint8Array(bytes).buffer }
}

const startedAt = Date.UTC(2026, 0, 1)
const headers = [['content-type', 'application/json']] as const
const { begin } = exampleRequest(0)

function reportOf({ id, request, reply }: Exchange): Report {
  const [requestBytes, replyBytes] = [Buffer.byteLength(request), Buffer.byteLength(reply)]
  return {
    id,
    begin: { ...begin, startedAt },
    secrets: [],
    head: { status: 200, headers },
    requestLength: requestBytes,
    replyLength: replyBytes,
    reads: [3000, replyBytes],
    end: {
      outcome: 'answered',
      detail: null,
      status: 200,
      timing: { calledMs: 1, answeredMs: 2, firstByteMs: 3, endedMs: 4 },
      attempts: 1,
      requestBytes,
      requestSplice: null,
      replyBytes,
      sentBytes: replyBytes,
      insertions: [],
    },
  }
}

function idOf(count: number): string {
  return idAt(startedAt + count)
}

function toReply(message: Message): string {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
  return JSON.stringify({ id: 'chatcmpl-1', choices: [{ index: 0, message, finish_reason: 'stop' }], usage })
}

/** Of this process: what others do meanwhile is not in it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The median of nine. */
function timeOf(work: () => unknown): number {
  const times = Array.from({ length: 9 }, () => {
    const start = cpuMs()
    work()
    return cpuMs() - start
  })
  return times.sort((one, other) => one - other)[4] ?? Infinity
}
