import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPieceStore } from '../../src/trace/piece-store.ts'
import { createReader } from '../../src/trace/read.ts'
import { createRetention } from '../../src/trace/retention.ts'
import { openBeside, visitStore } from '../../src/trace/store.ts'
import {
  batchOf,
  beginOf,
  countOf,
  createFolder,
  endOf,
  jsonHead,
  keeperOf,
  quiet,
  said,
  startedAt,
  storeAt,
  whole,
} from '../support/traces.ts'

const reply = '{"a":1}'
const bodyOf = (own: string) => `{"messages":["${'s'.repeat(3000)}","${own.repeat(600)}"]}`
const bounds = { keepDays: 0, keepBytes: 0, keepCount: 0 }

test('what a second process prunes does not take pieces from the one that keeps the same bodies', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const store = storeAt(path)
  const keeper = keeperOf(store)
  const opened = openBeside({ path, durable: false, log: quiet, now: () => startedAt })
  if (opened.kind !== 'open') throw new Error(opened.trouble.message)
  const beside = opened.store
  const settings = { ...bounds, keepCount: 1 }
  const pieces = createPieceStore(beside.database)

  const shared = bodyOf('word ')
  const running = bodyOf('open ')
  keeper.keep(batchOf(1, said('z-open', running, '', { begin: beginOf(), head: jsonHead })))
  for (let number = 2; number < 30; number++) {
    const own = bodyOf(`${number} `)
    keeper.keep(
      batchOf(number, whole(`a${10 + number}`, shared, reply), whole(`b${10 + number}`, own, reply)),
    )
    const all = { store: beside, pieces, now: () => startedAt }
    // By turns all and all but one go, so that the writer remembers pieces that are gone and some that are not.
    const gone = number % 2 === 0 ? { ...settings, keepDays: 1e-9 } : settings
    const now = number % 2 === 0 ? () => startedAt * 30 : all.now
    expect(createRetention({ ...all, settings: gone, now }).step('busy', 1e12).kind).toBe('done')
    const reader = createReader(store)
    if (number % 2 === 1) expect(String(reader.requestBody(`b${10 + number}`))).toBe(own)
  }
  keeper.keep(
    batchOf(30, whole('c', shared, reply), said('z-open', '', reply, { end: endOf(running, reply) })),
  )
  const reader = createReader(store)
  expect(String(reader.requestBody('c'))).toBe(shared)
  expect(String(reader.requestBody('z-open'))).toBe(running)

  createRetention({ store: beside, pieces, settings: bounds, now: () => startedAt }).removeWhere({}, 1e12)
  expect([countOf(store, 'traces'), countOf(store, 'piece'), countOf(store, 'piece_use')]).toEqual([0, 0, 0])
  beside.close()
  store.close()
})

test('a second writer leaves a file alone that is no store', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  writeFileSync(path, 'no store at all '.repeat(1000))
  const opened = openBeside({ path, durable: false, log: quiet, now: () => startedAt })
  expect(opened).toMatchObject({ kind: 'failed', trouble: { kind: 'corrupt' } })
  expect(readdirSync(folder.path)).toEqual(['traces.sqlite'])
})

test('a visitor is told what is wrong with a store, and creates none', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  expect(visitStore(path)).toEqual({ kind: 'missing' })
  expect(visitStore(join(path, 'deeper'))).toMatchObject({ kind: 'missing' })
  expect(readdirSync(folder.path)).toEqual([])
  new Database(path).close()
  writeFileSync(path, '')
  expect(visitStore(path)).toEqual({ kind: 'missing' })
  writeFileSync(path, 'no store at all '.repeat(1000))
  expect(visitStore(path)).toMatchObject({ kind: 'failed', trouble: { kind: 'corrupt' } })
  writeFileSync(path, '')
  storeAt(path).close()
  const visited = visitStore(path)
  expect(visited.kind).toBe('open')
  if (visited.kind === 'open') visited.store.close()
  const store = storeAt(path)
  store.database.run('PRAGMA user_version = 99')
  store.close()
  expect(visitStore(path)).toMatchObject({ kind: 'failed', trouble: { kind: 'newer' } })
})

test.skipIf(process.getuid?.() === 0)('a visitor is told that it may not read', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  storeAt(path).close()
  chmodSync(path, 0)
  expect(visitStore(path)).toMatchObject({ kind: 'failed', trouble: { kind: 'forbidden' } })
})
