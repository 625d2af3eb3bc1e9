import { expect, test } from 'bun:test'
import type { Cost } from '../../../src/ledger/cost.ts'
import { packCost, toShown, toSummary, unpackCost } from '../../../src/ledger/stored.ts'

const cost: Cost = {
  kind: 'priced',
  total: 1_003_000_000,
  isComplete: false,
  isEstimated: true,
  source: { kind: 'built-in', version: '1.2.3' },
  provider: 'openai',
  model: 'wise',
  note: 'a note',
  lines: [
    { kind: 'input', model: null, quantity: 1000, rate: 1_000_000, isEstimated: false },
    { kind: 'output', model: null, quantity: 3, rate: 1_000_000, isEstimated: true },
    { kind: 'advisor output', model: 'other', quantity: 7, rate: null, isEstimated: false },
    { kind: 'reasoning', model: null, quantity: null, rate: 5, isEstimated: false },
    { kind: 'web_search', model: null, quantity: 0, rate: 10_000_000_000, isEstimated: false },
  ],
}

test('a cost is stored and read back as it was', () => {
  const { total, text } = packCost(cost, 'wise-2026')
  expect(unpackCost(total, text)).toEqual({ cost, model: 'wise-2026' })
  const plain: Cost = { ...cost, isComplete: true, isEstimated: false, note: null, lines: [] }
  const stored = packCost(plain, 'x')
  expect(unpackCost(stored.total, stored.text)?.cost).toEqual(plain)
})

test('so is the reason why there is none', () => {
  const unknown: Cost = { kind: 'unknown', reason: 'because' }
  const { total, text } = packCost(unknown, 'wise')
  expect(total).toBeNull()
  expect(unpackCost(total, text)).toEqual({ cost: unknown, model: 'wise' })
  expect(toShown(unknown)).toBeNull()
  expect(toSummary(unknown)).toBeNull()
})

test('of a trace from before there were costs nothing is known', () => {
  expect(unpackCost(null, null)).toBeNull()
})

test('people and programs read dollars, as exact texts', () => {
  const shown = toShown(cost)
  expect(shown).toMatchObject({
    total: '0.001003',
    currency: 'USD',
    complete: false,
    estimated: true,
    source: { kind: 'built-in', version: '1.2.3' },
    model: 'wise',
    note: 'a note',
  })
  expect(shown?.lines[0]).toEqual({
    kind: 'input',
    model: null,
    quantity: 1000,
    unit: 'token',
    price: '1',
    per: 1_000_000,
    amount: '0.001',
    estimated: false,
  })
  expect(shown?.lines[2]).toMatchObject({ model: 'other', price: null, amount: null })
  expect(shown?.lines[3]).toMatchObject({ quantity: null, amount: null })
  expect(shown?.lines[4]).toMatchObject({ unit: 'request', per: 1000, price: '10', amount: '0' })
})
