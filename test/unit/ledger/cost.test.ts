import { expect, test } from 'bun:test'
import { unknownUsage } from '../../support/usage.ts'
import type { Usage } from '../../../src/conversation/usage.ts'
import { type Cost, costOf, lineAmount } from '../../../src/ledger/cost.ts'
import { dollars } from '../../../src/ledger/money.ts'
import { parsePriceFile } from '../../../src/ledger/price-file.ts'
import type { Found, Identity } from '../../../src/ledger/price.ts'

const identity: Identity = {
  provider: 'local',
  address: null,
  dialect: 'anthropic',
  model: 'wise',
  tier: null,
  at: 0,
}
const list = parsePriceFile(
  `
prices:
  - { model: wise, input: 3, cachedInput: 0.3, output: 15, above: { 200000: { input: 6, output: 22.5 } } }
  - { model: advisor, input: 10, output: 50 }
  - { model: silent }
`,
  '2026-11-01',
)

function find(of: Identity): Found {
  const price = list(of)
  return price === null ? { kind: 'unknown', reason: `nobody knows ${of.model}` } : { kind: 'found', price }
}

function cost(usage: Partial<Usage>, of: Partial<Identity> = {}): Cost {
  return costOf({ usage: { ...unknownUsage, ...usage }, identity: { ...identity, ...of } }, find)
}

function amounts(priced: Cost): (readonly [string, string | null])[] {
  if (priced.kind === 'unknown') return []
  return priced.lines.map((line) => {
    const amount = lineAmount(line)
    return [line.kind, amount === null ? null : dollars(amount)]
  })
}

test('a cost is the sum of its lines, tokens times price', () => {
  const priced = cost({ input: 1000, cachedInput: 400, output: 10 })
  expect(amounts(priced)).toEqual([
    ['cachedInput', '0.00012'],
    ['input', '0.0018'],
    ['output', '0.00015'],
  ])
  expect(priced).toMatchObject({
    total: 2_070_000_000,
    isComplete: true,
    isEstimated: false,
    model: 'wise',
    note: null,
    source: { kind: 'file', version: '2026-11-01' },
  })
})

test('past a bound of the input all of it costs more, also what is answered', () => {
  expect(amounts(cost({ input: 200_000, output: 1000 }))).toEqual([
    ['input', '0.6'],
    ['output', '0.015'],
  ])
  expect(amounts(cost({ input: 200_001, output: 1000 }))).toEqual([
    ['input', '1.200006'],
    ['output', '0.0225'],
  ])
})

test('a count that was not told leaves the sum incomplete, not wrong', () => {
  const priced = cost({ input: 1000 })
  expect(amounts(priced)).toEqual([
    ['input', '0.003'],
    ['output', null],
  ])
  expect(priced).toMatchObject({ total: 3_000_000_000, isComplete: false })
})

test('a tool without a price is shown as unknown', () => {
  const priced = cost({ input: 1, output: 1, details: { serverTools: { code_execution: 2 } } })
  expect(amounts(priced).at(-1)).toEqual(['code_execution', null])
  expect(priced).toMatchObject({ isComplete: false })
})

test('without counts, prices, or both there is no cost but a reason', () => {
  expect(cost({})).toEqual({ kind: 'unknown', reason: 'How much it took was not told: input, output' })
  expect(cost({ input: 1, output: 1 }, { model: 'unheard' })).toEqual({
    kind: 'unknown',
    reason: 'nobody knows unheard',
  })
  expect(cost({ input: 1, output: 1 }, { model: 'silent' })).toEqual({
    kind: 'unknown',
    reason: 'The prices of "silent" do not say what these cost: input, output',
  })
})

test('nothing used costs nothing', () => {
  expect(cost({ input: 0, output: 0 })).toMatchObject({
    kind: 'priced',
    total: 0,
    isComplete: true,
    lines: [],
  })
})

test('a call within the answer is charged by its own model, beside the answer', () => {
  const others = [
    { kind: 'advisor', model: 'advisor', input: 100, cachedInput: null, cacheWrite: null, output: 10 },
    { kind: 'compaction', model: null, input: 1000, cachedInput: null, cacheWrite: null, output: 0 },
    { kind: 'advisor', model: 'unheard', input: 1, cachedInput: null, cacheWrite: null, output: 2 },
  ]
  const priced = cost({ input: 1, output: 1, details: { others } })
  expect(amounts(priced).slice(2)).toEqual([
    ['advisor input', '0.001'],
    ['advisor output', '0.0005'],
    ['compaction input', '0.003'],
    ['advisor input', null],
    ['advisor output', null],
  ])
  expect(priced).toMatchObject({ isComplete: false })
})

test('what was estimated is marked, on its side and in the sum', () => {
  const priced = cost({ input: 5, cachedInput: 1, details: { estimated: { input: 99, output: 7 } } })
  expect(priced).toMatchObject({ isEstimated: true })
  expect(priced.kind === 'priced' && priced.lines.map(({ isEstimated }) => isEstimated)).toEqual([
    false,
    false,
    true,
  ])
})

test('where only the provider knows the price, its word is the cost', () => {
  const priced = cost({ input: 5, output: 7, details: { reportedCost: 0.0123 } }, { model: 'unheard' })
  expect(priced).toMatchObject({ kind: 'priced', total: 12_300_000_000, source: { kind: 'provider' } })
  expect(amounts(priced)).toEqual([['as charged', '0.0123']])
  expect(cost({ details: { reportedCost: 1e9 } }, { model: 'unheard' }).kind).toBe('unknown')
})

test('usual prices for another service tier say so', () => {
  for (const tier of ['default', 'standard', 'auto', 'ON_DEMAND']) {
    expect(cost({ input: 1, output: 1, details: { tier } })).toMatchObject({ note: null })
  }
  expect(cost({ input: 1, output: 1, details: { tier: 'priority' } })).toMatchObject({
    note: 'It was served in the tier "priority"; these are the usual prices',
  })
})
