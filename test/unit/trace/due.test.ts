import { expect, test } from 'bun:test'
import { idAt } from '../../../src/core/id.ts'
import { countDue } from '../../../src/trace/due.ts'
import { usedBytes } from '../../../src/trace/store.ts'
import { batchOf, countOf, keeperOf, memoryStore, startedAt, whole } from '../../support/traces.ts'

/** Trace n began n seconds after the first. */
function storeOf(count: number) {
  const store = memoryStore()
  const all = Array.from({ length: count }, (_, at) => whole(idAt(startedAt + at * 1000), '{}', '{"a":1}'))
  keeperOf(store).keep(batchOf(1, ...all))
  return store
}

test('by age those count that began before, to the millisecond', () => {
  const store = storeOf(5)
  expect(countDue(store, { before: startedAt + 2000 }).traces).toBe(2)
  expect(countDue(store, { before: startedAt + 2001 }).traces).toBe(3)
  expect(countDue(store, { before: 0 })).toEqual({ traces: 0, bytes: 0 })
})

test('by number all but so many count', () => {
  const store = storeOf(5)
  expect([0, 1, 5, 6].map((keepCount) => countDue(store, { keepCount }).traces)).toEqual([5, 4, 0, 0])
})

test('by bytes as many count as the mean size tells, and never more than there are', () => {
  const store = storeOf(4)
  const used = usedBytes(store.database)
  expect(countDue(store, { keepBytes: used })).toEqual({ traces: 0, bytes: 0 })
  expect(countDue(store, { keepBytes: used - 1 }).traces).toBe(1)
  expect(countDue(store, { keepBytes: used / 2 })).toEqual({ traces: 2, bytes: used / 2 })
  expect(countDue(store, { keepBytes: 0 })).toEqual({ traces: 4, bytes: used })
})

test('of several bounds the strictest counts, and nothing is removed', () => {
  const store = storeOf(5)
  expect(countDue(store, { before: startedAt + 1000, keepCount: 2 }).traces).toBe(3)
  expect(countDue(store, {}).traces).toBe(0)
  expect(countOf(store, 'traces')).toBe(5)
})

test('an empty store has nothing to remove', () => {
  expect(countDue(memoryStore(), { keepCount: 0, keepBytes: 0 })).toEqual({ traces: 0, bytes: 0 })
})
