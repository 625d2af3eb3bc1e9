import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { createPieceStore } from '../../src/trace/piece-store.ts'
import { createReader } from '../../src/trace/read.ts'
import { createRetention } from '../../src/trace/retention.ts'
import { openReader } from '../../src/trace/store.ts'
import {
  batchOf,
  beginOf,
  countOf,
  createFolder,
  endOf,
  keeperOf,
  removeFrom,
  said,
  startedAt,
  storeAt,
  whole,
} from '../support/traces.ts'

const request = '{"messages":["Hello"]}'
const reply = '{"a":1}'
const noise = (length: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(length / 2))).toString('hex')

test('a full disk loses batches after bounded tries, and is well again when there is space', () => {
  using folder = createFolder()
  const store = storeAt(join(folder.path, 'traces.sqlite'))
  const keeper = keeperOf(store)
  const large = () => `{"a":["${noise(400_000)}"]}`
  keeper.keep(batchOf(1, said('open', request, 'data: 1\n\n', { begin: beginOf({ stream: true }) })))
  store.database.run('PRAGMA max_page_count = 40')
  const batch = batchOf(2, whole('a', large(), reply), said('open', '', 'data: 2\n\n'))
  const trouble = { kind: 'full', message: 'database or disk is full' } as const
  for (const afterMs of [20, 100, 500])
    expect(keeper.keep(batch)).toEqual({ kind: 'again', trouble, afterMs })
  expect(keeper.keep(batch)).toEqual({ kind: 'lost', trouble, reports: 2, traces: 1 })
  // While nothing can be written the next is tried once.
  expect(keeper.keep(batchOf(3, whole('b', large(), reply)))).toMatchObject({ kind: 'lost' })
  store.database.run('PRAGMA max_page_count = 1000000')
  expect(keeper.keep(batchOf(4, whole('c', large(), reply)))).toMatchObject({ kind: 'kept', finished: 1 })
  const end = endOf(request, 'data: 1\n\ndata: 2\n\ndata: 3\n\n')
  expect(keeper.keep(batchOf(5, said('open', '', 'data: 3\n\n', { end })))).toMatchObject({ finished: 1 })
  const reader = createReader(store)
  expect(reader.get('open')).toMatchObject({ dropped: { reply: 9 }, sizes: { replyReceived: { bytes: 27 } } })
  expect(reader.get('open')?.sizes.replyReceived.sha256).toBeString()
  expect(reader.raw('open')?.bytes.toString()).toBe('data: 1\n\ndata: 3\n\n')
  expect(reader.get('a')).toBeNull()
  store.close()
})

test('a batch that fails once and is kept on the next try is told once, with all its bytes', () => {
  using folder = createFolder()
  const store = storeAt(join(folder.path, 'traces.sqlite'))
  const keeper = keeperOf(store)
  store.database.run('PRAGMA max_page_count = 40')
  const body = `{"a":["${noise(400_000)}"]}`
  const batch = batchOf(
    1,
    said('a', body, 'data: 1\n\n', { begin: beginOf() }),
    said('a', '', 'data: 2\n\n', { end: endOf(body, 'data: 1\n\ndata: 2\n\n') }),
  )
  expect(keeper.keep(batch)).toMatchObject({ kind: 'again' })
  store.database.run('PRAGMA max_page_count = 1000000')
  expect(keeper.keep(batch)).toMatchObject({ kind: 'kept', saved: 1, finished: 1 })
  const reader = createReader(store)
  expect(reader.requestBody('a')?.toString()).toBe(body)
  expect(reader.raw('a')?.bytes.toString()).toBe('data: 1\n\ndata: 2\n\n')
  expect(countOf(store, 'open')).toBe(0)
  store.close()
})

test('a file that another process holds is told as locked, and kept when it is let go', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const store = storeAt(path)
  const keeper = keeperOf(store)
  const other = new Database(path)
  other.run('BEGIN IMMEDIATE')
  const batch = batchOf(1, whole('a', request, reply))
  expect(keeper.keep(batch)).toMatchObject({ kind: 'again', trouble: { kind: 'locked' } })
  other.run('ROLLBACK')
  expect(keeper.keep(batch)).toMatchObject({ kind: 'kept', finished: 1 })
  other.close()
  store.close()
})

test('pieces that another process removed are not relied on', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const store = storeAt(path)
  const keeper = keeperOf(store)
  const body = `{"a":["${noise(4000)}"]}`
  keeper.keep(batchOf(1, whole('a', body, reply)))
  const other = storeAt(path)
  removeFrom(other, 'a')
  keeper.keep(batchOf(2, whole('b', body, reply)))
  expect(createReader(store).requestBody('b')?.toString()).toBe(body)
  other.close()
  store.close()
})

test('the log file is emptied again after a reader that held on to it has gone', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const store = storeAt(path)
  const keeper = keeperOf(store)
  let now = startedAt
  const settings = { keepDays: 0, keepBytes: 0, keepCount: 0 }
  const retention = createRetention({
    store,
    pieces: createPieceStore(store.database),
    settings,
    now: () => now,
  })
  const reader = openReader(path)
  reader.database.run('BEGIN')
  countOf(reader, 'traces')
  for (let number = 1; number <= 25; number++)
    keeper.keep(batchOf(number, whole(`a${number}`, `{"a":["${noise(2_000_000)}"]}`, reply)))
  const held = retention.step()
  expect(held).toMatchObject({ kind: 'done' })
  if (held.kind !== 'failed') expect(held.walBytes).toBeGreaterThan(16 * 1024 * 1024)
  reader.database.run('COMMIT')
  now += 1000
  expect(retention.step()).toMatchObject({ kind: 'done', walBytes: 0 })
  reader.close()
  store.close()
})
