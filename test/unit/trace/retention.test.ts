import { expect, test } from 'bun:test'
import { idAt } from '../../../src/core/id.ts'
import { createPieceStore } from '../../../src/trace/piece-store.ts'
import { createReader } from '../../../src/trace/read.ts'
import { type Retention, createRetention } from '../../../src/trace/retention.ts'
import type { Store } from '../../../src/trace/store.ts'
import {
  batchOf,
  countOf,
  keeperOf,
  memoryStore,
  removeFrom,
  startedAt,
  whole,
} from '../../support/traces.ts'

const dayMs = 86_400_000
const idOf = (at: number) => idAt(startedAt + at * dayMs)
const none = { keepDays: 0, keepBytes: 0, keepCount: 0 }

/** Trace n began on day n. All share one long message and have one of their own. */
function storeOf(count: number, length = 3000): Store {
  const store = memoryStore()
  const bodies = Array.from(
    { length: count },
    (_, at) => `{"messages":["${'s'.repeat(3000)}","${noise(at, length)}"]}`,
  )
  keeperOf(store).keep(batchOf(1, ...bodies.map((body, at) => whole(idOf(at), body, '{"a":1}'))))
  return store
}

/** Text that does not compress away, the same for the same seed. */
function noise(seed: number, length: number): string {
  let text = ''
  for (let at = 0; text.length < length; at++) text += Bun.hash(`${seed} ${at}`).toString(36)
  return text.slice(0, length)
}

function retentionOf(store: Store, settings: Partial<typeof none>, now = () => startedAt): Retention {
  return createRetention({
    store,
    pieces: createPieceStore(store.database),
    settings: { ...none, ...settings },
    now,
  })
}

const idsOf = (store: Store) =>
  store.database
    .query<{ id: string }, []>('SELECT id FROM traces ORDER BY id')
    .all()
    .map(({ id }) => id)

test('without bounds nothing goes', () => {
  const store = storeOf(5)
  expect(retentionOf(store, {}).step()).toEqual({ kind: 'done', removed: 0, walBytes: 0 })
  expect(countOf(store, 'traces')).toBe(5)
})

test('by number the oldest go, and exactly so many stay', () => {
  const store = storeOf(5)
  expect(retentionOf(store, { keepCount: 2 }).step()).toMatchObject({ kind: 'done', removed: 3 })
  expect(idsOf(store)).toEqual([idOf(3), idOf(4)])
  expect(retentionOf(store, { keepCount: 2 }).step()).toMatchObject({ removed: 0 })
})

test('by age those that began before go', () => {
  const store = storeOf(5)
  const now = () => startedAt + 4 * dayMs
  expect(retentionOf(store, { keepDays: 2 }, now).step()).toMatchObject({ removed: 2 })
  expect(idsOf(store)).toEqual([idOf(2), idOf(3), idOf(4)])
})

test('by bytes the oldest go until the pages in use are within the bound', () => {
  const store = storeOf(100, 20_000)
  const bytes = () => Number(Object.values(store.database.query('PRAGMA page_count').get() ?? {})[0]) * 4096
  const before = bytes()
  const retention = retentionOf(store, { keepBytes: before / 2 })
  for (let step = retention.step(); step.kind === 'more'; step = retention.step())
    expect(step.removed).toBeGreaterThanOrEqual(0)
  expect(countOf(store, 'traces')).toBeGreaterThan(30)
  expect(countOf(store, 'traces')).toBeLessThan(60)
  expect(idsOf(store).at(-1)).toBe(idOf(99))
  // All but the spare pages were given back to the file system.
  expect(bytes()).toBeLessThanOrEqual(before / 2 + 256 * 4096)
})

test('a slice ends when its time is over, with at least one trace gone, and the next goes on', () => {
  const store = storeOf(5)
  let clock = startedAt + 100 * dayMs
  const retention = retentionOf(store, { keepDays: 1 }, () => (clock += 10))
  expect(retention.step('busy', 5)).toMatchObject({ kind: 'more', removed: 1 })
  expect(retention.step('busy', 5)).toMatchObject({ kind: 'more', removed: 1 })
  expect(countOf(store, 'traces')).toBe(3)
})

test('a removed trace takes its payload and its own pieces, and leaves those that others need', () => {
  const store = storeOf(3)
  expect(countOf(store, 'piece')).toBe(4)
  expect(removeFrom(store, idOf(1))).toBe(1)
  expect(removeFrom(store, idOf(1))).toBe(0)
  expect([countOf(store, 'traces'), countOf(store, 'payload'), countOf(store, 'piece')]).toEqual([2, 2, 3])
  expect(String(createReader(store).requestBody(idOf(2)))).toContain(noise(2, 3000))
  expect(removeFrom(store, idOf(0), idOf(1), idOf(2))).toBe(2)
  expect([countOf(store, 'payload'), countOf(store, 'piece'), countOf(store, 'piece_use')]).toEqual([0, 0, 0])
})

test('a piece that was removed is stored anew when it comes again', () => {
  const store = memoryStore()
  const pieces = createPieceStore(store.database)
  const body = Buffer.from(`{"messages":["${noise(1, 3000)}"]}`)
  pieces.release(pieces.keep(body))
  expect(countOf(store, 'piece')).toBe(0)
  pieces.keep(body)
  expect(countOf(store, 'piece')).toBe(1)
})

test('a body that holds a piece twice counts once for it', () => {
  const store = memoryStore()
  const pieces = createPieceStore(store.database)
  const message = `"${noise(1, 2000)}"`
  const body = Buffer.from(`{"messages":["first, so that commas agree",${message},${message}]}`)
  const manifests = [pieces.keep(body), pieces.keep(body)]
  pieces.release(manifests[0] ?? new Uint8Array())
  expect(countOf(store, 'piece')).toBeGreaterThan(0)
  pieces.release(manifests[1] ?? new Uint8Array())
  expect(countOf(store, 'piece')).toBe(0)
})

test('all that a filter names go, slice by slice', () => {
  const store = storeOf(40)
  let clock = 0
  const retention = retentionOf(store, {}, () => clock)
  const first = retention.removeWhere({ until: startedAt + 30 * dayMs }, 0)
  expect(first.removed).toBe(16)
  clock = 1
  let next = first.next
  let removed = first.removed
  while (next !== null) {
    const slice = retention.removeWhere({ until: startedAt + 30 * dayMs, before: next }, 0)
    removed += slice.removed
    next = slice.next
  }
  expect(removed).toBe(30)
  expect(idsOf(store)[0]).toBe(idOf(30))
})

test('trouble is told, not thrown', () => {
  const store = storeOf(3)
  store.database.run(`CREATE TRIGGER no BEFORE DELETE ON traces BEGIN SELECT RAISE(ABORT, 'no'); END`)
  expect(retentionOf(store, { keepCount: 1 }).step()).toMatchObject({
    kind: 'failed',
    trouble: { kind: 'broken' },
  })
  expect(countOf(store, 'payload')).toBe(3)
})
