import { expect, test } from 'bun:test'
import { idAt } from '../../../src/core/id.ts'
import { parsePriceFile } from '../../../src/ledger/price-file.ts'
import type { Found, Identity } from '../../../src/ledger/price.ts'
import { createCosts } from '../../../src/trace/costs.ts'
import { createReader } from '../../../src/trace/read.ts'
import { createReprice } from '../../../src/trace/reprice.ts'
import type { Store } from '../../../src/trace/store.ts'
import { batchOf, beginOf, keeperOf, memoryStore, startedAt, whole } from '../../support/traces.ts'

const list = parsePriceFile('prices: [{ model: small, input: 1, output: 1 }]', '2026-11-01')
const asked: Identity[] = []

function find(of: Identity): Found {
  asked.push(of)
  const price = list(of)
  return price === null ? { kind: 'unknown', reason: 'none' } : { kind: 'found', price }
}

const idOf = (at: number) => idAt(startedAt + at * 1000)

/** Traces that took twelve tokens each and have no price, a second apart. */
function fill(count: number): Store {
  const store = memoryStore()
  const all = Array.from({ length: count }, (_, at) =>
    whole(idOf(at), '{}', '{"a":1}', { begin: beginOf({ startedAt: startedAt + at * 1000 }) }),
  )
  keeperOf(store).keep(batchOf(1, ...all))
  return store
}

function repriceAll(store: Store, since = 0) {
  const step = createReprice({ store, find, addresses: { openai: 'https://o' }, since })
  const all = { looked: 0, changed: 0, steps: 0 }
  for (let next = true; next;) {
    const told = step()
    all.looked += told.looked
    all.changed += told.changed
    all.steps++
    next = told.next
  }
  return all
}

test('every trace gets its cost by the prices of now, and the sums with it, in slices', () => {
  const store = fill(1001)
  const costs = createCosts(store)
  expect(costs({ by: [] }).total).toMatchObject({ traces: 1001, unpriced: 1001, cost: '0' })
  expect(repriceAll(store)).toEqual({ looked: 1001, changed: 1001, steps: 3 })
  expect(costs({ by: [] }).total).toMatchObject({ traces: 1001, unpriced: 0, cost: '0.012012' })
  expect(createReader(store).get(idOf(1000))?.cost?.total).toBe('0.000012')
  expect(asked.at(-1)).toMatchObject({ model: 'small', address: 'https://o', at: startedAt + 1_000_000 })
  expect(repriceAll(store)).toEqual({ looked: 1001, changed: 0, steps: 3 })
})

test('only what began since is looked at', () => {
  const store = fill(10)
  expect(repriceAll(store, startedAt + 7000)).toMatchObject({ looked: 3, changed: 3 })
  expect(createReader(store).get(idOf(6))?.cost).toBeNull()
})

test('a trace from before there were costs is known by what its answer says', () => {
  const store = fill(1)
  store.database.run('UPDATE traces SET cost_lines = NULL, cost = NULL')
  expect(createReader(store).get(idOf(0))?.costUnknown).toContain('weir cost reprice')
  expect(repriceAll(store)).toMatchObject({ changed: 1 })
  expect(createReader(store).get(idOf(0))?.cost?.total).toBe('0.000012')
})

test('a trace that took nothing stays as it is', () => {
  const store = fill(1)
  store.database.run('UPDATE traces SET usage_input = NULL, usage_output = NULL')
  expect(repriceAll(store)).toMatchObject({ looked: 1, changed: 0 })
})
