import { afterEach, expect, test } from 'bun:test'
import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FromWorker } from '../../../src/merge/pool.ts'
import type { Batch } from '../../../src/merge/report.ts'
import { createKeeping } from '../../../src/trace/keeping.ts'
import { localWho } from '../../../src/trace/home/who.ts'
import { createReader } from '../../../src/trace/read.ts'
import { openReader } from '../../../src/trace/store.ts'
import {
  batchOf,
  createFolder,
  createRebuild,
  meansOf,
  said,
  startedAt,
  whole,
} from '../../support/traces.ts'

/** A thread that keeps, run here: what it is told and what it says. */
let folder = createFolder()
const running: (() => void)[] = []

afterEach(() => {
  for (const stop of running.splice(0)) stop()
  folder[Symbol.dispose]()
  folder = createFolder()
})

const settings = {
  durable: false,
  keepDays: 0,
  keepBytes: 0,
  keepCount: 0,
  mostRequestBytes: 1 << 20,
  mostReplyBytes: 1 << 20,
  mostBinaryBytes: 1 << 20,
  mostInboxBytes: 1 << 20,
  saveEveryMs: 1000,
}

const ledger = { prices: null, refreshed: null, estimate: false }

function keepingAt(path: string, recovers = true) {
  const said: FromWorker[] = []
  const waiting: { is: (message: FromWorker) => boolean; resolve: (message: FromWorker) => void }[] = []
  const tell = (own: FromWorker, transfer: ArrayBuffer[] = []): void => {
    // As between threads: what is given away is there no more.
    const message = structuredClone(own, { transfer })
    said.push(message)
    const at = waiting.findIndex(({ is }) => is(message))
    if (at !== -1) waiting.splice(at, 1)[0]?.resolve(message)
  }
  const { dialects } = meansOf()
  const now = () => startedAt
  const { receive } = createKeeping(
    { path, settings, ledger, pushes: {}, sender: 'one', recovers, createRebuild, dialects, now },
    tell,
  )
  running.push(() => receive({ kind: 'stop' }))
  const heard = (is: (message: FromWorker) => boolean): Promise<FromWorker> => {
    const found = said.find(is)
    return found === undefined
      ? new Promise((resolve) => waiting.push({ is, resolve }))
      : Promise.resolve(found)
  }
  const keep = ({ number, reports, bytes }: Batch) =>
    receive({ kind: 'batch', number, reports: JSON.stringify(reports), bytes })
  return { receive, keep, said, heard }
}

const isKept = (number: number) => (message: FromWorker) =>
  message.kind === 'kept' && message.number === number
const isLine = (event: string) => (message: FromWorker) => message.kind === 'log' && message.event === event

function traceIn(path: string, id: string) {
  const store = openReader(path)
  try {
    return createReader(store).get(id)
  } finally {
    store.close()
  }
}

test('it says when its store is open, keeps batches in order, and stops when it is told to', async () => {
  const path = join(folder.path, 'traces.sqlite')
  const { keep, receive, said: told, heard } = keepingAt(path)
  keep(batchOf(1, whole('a', '{}', '{}')))
  keep(batchOf(2, whole('b', '{}', '{}')))
  await heard(isKept(2))
  receive({ kind: 'stop' })
  await heard(({ kind }) => kind === 'stopped')
  expect(told.map(({ kind }) => kind)).toEqual(['ready', 'access', 'kept', 'kept', 'stopped'])
  expect(traceIn(path, 'b')?.outcome).toBe('answered')
})

test('the memory of large batches is given back, and what still runs needs it no more', async () => {
  const path = join(folder.path, 'traces.sqlite')
  const { keep, heard } = keepingAt(path)
  const question = JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(300_000) }] })
  const { begin } = whole('a', '', '').report
  const first = batchOf(1, said('a', question, 'data: Hi', { begin }))
  const given = first.bytes.byteLength
  keep(first)
  expect(await heard(isKept(1))).toMatchObject({ lost: 0, bytes: { byteLength: given } })
  expect(first.bytes.byteLength).toBe(0)
  const { end } = whole('a', question, 'data: Hi there\n\n').report
  keep(batchOf(2, said('a', '', ' there\n\n', { end })))
  expect(await heard(isKept(2))).not.toHaveProperty('bytes')
  const trace = traceIn(path, 'a')
  const sha256 = new Bun.CryptoHasher('sha256').update(question).digest('hex')
  expect(trace?.sizes.requestReceived).toEqual({ bytes: question.length, sha256 })
  expect(trace?.kept).toEqual({ request: question.length, reply: 16 })
  expect(trace?.outcome).toBe('answered')
})

test('a trace is removed, and one that is not there is not', async () => {
  const { keep, receive, heard } = keepingAt(join(folder.path, 'traces.sqlite'))
  keep(batchOf(1, whole('a', '{}', '{}')))
  await heard(isKept(1))
  for (const [number, was] of [
    [1, 1],
    [2, 0],
  ] as const) {
    const change = JSON.stringify({ who: localWho, kind: 'traces-remove', traces: ['a', 'b'] })
    receive({ kind: 'change', number, change, body: new ArrayBuffer(0) })
    const answer = await heard((message) => message.kind === 'changed' && message.number === number)
    expect(answer).toMatchObject({ answer: JSON.stringify({ kind: 'done', json: `${was}` }) })
  }
})

test('what a killed process left open is ended by the first thread only', async () => {
  const path = join(folder.path, 'traces.sqlite')
  const first = keepingAt(path)
  first.keep(batchOf(1, said('open', '{}', 'data: Hi', { begin: whole('open', '', '').report.begin })))
  await first.heard(isKept(1))
  const second = keepingAt(path, false)
  await second.heard(({ kind }) => kind === 'ready')
  expect(traceIn(path, 'open')).toBeNull()
  const third = keepingAt(path)
  await third.heard(isLine('exchanges-recovered'))
  expect(traceIn(path, 'open')?.outcome).toBe('interrupted')
})

test('a store that cannot be opened is told once, and tried for until it can', async () => {
  const path = join(folder.path, 'traces.sqlite')
  mkdirSync(path)
  const { keep, said: told, heard } = keepingAt(path)
  keep(batchOf(1, whole('a', '{}', '{}')))
  expect(told.filter(isLine('store-trouble'))).toHaveLength(1)
  rmdirSync(path)
  await heard(isKept(1))
  expect(told.filter(isLine('store-trouble'))).toHaveLength(1)
  expect(told.filter(isLine('store-recovered'))).toHaveLength(1)
})

test('it stops also while its store cannot be opened', async () => {
  const path = join(folder.path, 'traces.sqlite')
  mkdirSync(path)
  const { keep, receive, heard } = keepingAt(path)
  keep(batchOf(1, whole('a', '{}', '{}')))
  receive({ kind: 'stop' })
  await heard(({ kind }) => kind === 'stopped')
})
