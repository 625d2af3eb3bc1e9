import { Database } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../../src/core/log.ts'
import type { Dialect, DialectName, Reply } from '../../src/dialect/dialect.ts'
import type { Batch, Begin, End, Report } from '../../src/merge/report.ts'
import type { Accounts } from '../../src/trace/account.ts'
import type { CreateRebuild, Means } from '../../src/trace/exchange.ts'
import { createChanges } from '../../src/trace/home/change.ts'
import { localWho } from '../../src/trace/home/who.ts'
import { createKeeper } from '../../src/trace/keeper.ts'
import { migrations } from '../../src/trace/migrations.ts'
import { createPieceStore } from '../../src/trace/piece-store.ts'
import { createSecrets } from '../../src/trace/secrets.ts'
import { type Store, openStore } from '../../src/trace/store.ts'
import { readAnswered, readSaid } from './said.ts'

/** Reports as the main thread makes them, and a store to keep them in, for tests of `trace/`. */
export type Said = { readonly report: Report; readonly request: string; readonly reply: string }

export const startedAt = 1_700_000_000_000

export function beginOf(more: Partial<Begin> = {}): Begin {
  return {
    startedAt,
    project: 'default',
    provider: 'openai',
    dialect: 'openai-chat',
    model: 'small',
    stream: false,
    method: 'POST',
    path: '/v1/chat/completions',
    requestHeaders: [['content-type', 'application/json']],
    secrets: [],
    ...more,
  }
}

/** The end of an exchange with these bodies, sent as they came. */
export function endOf(request: string, reply: string, more: Partial<End> = {}): End {
  return {
    outcome: 'answered',
    detail: null,
    status: 200,
    timing: { calledMs: 1, answeredMs: 2, firstByteMs: 3, endedMs: 4 },
    attempts: 1,
    requestBytes: Buffer.byteLength(request),
    requestSplice: null,
    replyBytes: Buffer.byteLength(reply),
    sentBytes: Buffer.byteLength(reply),
    insertions: [],
    ...more,
  }
}

export const jsonHead = { status: 200, headers: [['content-type', 'application/json']] } as const
export const streamHead = { status: 200, headers: [['content-type', 'text/event-stream']] } as const

/** One report with all of an exchange. */
export function whole(id: string, request: string, reply: string, more: Partial<Report> = {}): Said {
  return said(id, request, reply, { begin: beginOf(), head: jsonHead, end: endOf(request, reply), ...more })
}

/** One report of several: without what is not given. */
export function said(id: string, request: string, reply: string, more: Partial<Report> = {}): Said {
  const report: Report = {
    id,
    begin: null,
    secrets: [],
    head: null,
    requestLength: Buffer.byteLength(request),
    replyLength: Buffer.byteLength(reply),
    reads: reply === '' ? [] : [3000, Buffer.byteLength(reply)],
    end: null,
    ...more,
  }
  return { report, request, reply }
}

export function batchOf(number: number, ...all: readonly Said[]): Batch {
  const text = all.map(({ request, reply }) => request + reply).join('')
  const bytes = new TextEncoder().encode(text)
  return { number, reports: all.map(({ report }) => report), bytes: bytes.buffer }
}

/**
 * A rebuild that knows as little as these tests need: a stream is `data: <text>` lines up to `data: [DONE]`,
 * with `data: !<kind>` for an error in it; anything else is JSON that came whole.
 */
export const createRebuild: CreateRebuild = ({ dialect, contentType }) => {
  const decoder = new TextDecoder()
  let text = ''
  const isStream = contentType.startsWith('text/event-stream')
  return {
    feed: (bytes) => void (text += decoder.decode(bytes, { stream: true })),
    finish: () => (dialect === null ? null : isStream ? fromStream(text) : fromWhole(text)),
  }
}

function fromStream(text: string): Reply {
  const lines = text.split('\n').filter((line) => line.startsWith('data: '))
  const words = lines
    .map((line) => line.slice(6))
    .filter((word) => word !== '[DONE]' && !word.startsWith('!'))
  const error = lines.find((line) => line.startsWith('data: !'))
  const ending = error !== undefined ? 'error' : lines.includes('data: [DONE]') ? 'complete' : 'cut'
  return {
    ...unknownReply,
    body: { text: words.join('') },
    ending,
    error: error === undefined ? null : { type: error.slice(7) },
  }
}

function fromWhole(text: string): Reply {
  try {
    const usage = { input: 5, cachedInput: null, cacheWrite: null, output: 7, reasoning: null }
    return { ...unknownReply, body: JSON.parse(text), ending: 'complete', usage }
  } catch (error) {
    if (error instanceof SyntaxError) return unknownReply
    throw error
  }
}

const unknownReply: Reply = {
  body: null,
  ending: 'cut',
  model: null,
  usage: null,
  error: null,
  unknownEvents: {},
}

const anyDialect = (name: DialectName): Dialect => ({
  name,
  owns: () => true,
  merge: () => ({ add: () => undefined, finish: () => unknownReply }),
  grows: () => null,
  whole: () => unknownReply,
  readRequest: readSaid,
  readAnswer: readAnswered,
  goesOnById: true,
  refuse: () => null,
  refuseEvent: () => '',
  endMarks: [],
  beginMarks: [],
  mayEndAfter: [],
  bearsComments: false,
})

export const quiet: Log = () => undefined

/** No price is known, and clients are known by the length of their credentials. */
const unpriced: Accounts = {
  find: () => ({ kind: 'unknown', reason: 'no price' }),
  labelOf: (credential) => `label of ${credential.length}`,
  count: null,
}

export function meansOf(more: Partial<Means> = {}): Means {
  return {
    createRebuild,
    dialects: {
      'openai-chat': anyDialect('openai-chat'),
      'openai-responses': anyDialect('openai-responses'),
      anthropic: anyDialect('anthropic'),
      gemini: anyDialect('gemini'),
    },
    mostRequestBytes: 1 << 25,
    mostReplyBytes: 1 << 26,
    accounts: unpriced,
    secretsOf: createSecrets,
    mostBinaryBytes: 1 << 20,
    pushes: {},
    log: quiet,
    ...more,
  }
}

/** A folder that goes with the test. */
export function createFolder(): { path: string; [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'weir-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function storeAt(path: string, durable = false): Store {
  const opened = openStore({ path, durable, log: quiet, now: () => startedAt })
  if (opened.kind === 'open') return opened.store
  throw new Error(opened.trouble.message)
}

export function keeperOf(store: Store, more: { sender?: string; means?: Partial<Means> } = {}) {
  const pieces = createPieceStore(store.database)
  return createKeeper({ store, pieces, sender: more.sender ?? 'one', means: meansOf(more.means) })
}

/** A store without a file. */
export function memoryStore(): Store {
  const database = new Database(':memory:')
  database.run('PRAGMA auto_vacuum = INCREMENTAL')
  for (const migration of migrations) database.run(migration)
  return { database, path: ':memory:', close: () => database.close(true) }
}

/** As the API removes traces; how many of them were there. */
export function removeFrom(store: Store, ...traces: readonly string[]): number {
  const apply = createChanges(store, createPieceStore(store.database))
  const remove = store.database.transaction(() =>
    apply({ kind: 'traces-remove', who: localWho, traces }, new Uint8Array(), startedAt),
  )
  const removed = remove()
  return removed.kind === 'done' ? Number(removed.value) : 0
}

/** All rows of a table, for what is to be there once or not at all. */
export function countOf(
  store: Store,
  table:
    'traces' | 'payload' | 'piece' | 'piece_use' | 'reply_part' | 'open' | 'link' | 'session' | 'session_key',
): number {
  return (
    store.database.query<{ count: number }, []>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? 0
  )
}
