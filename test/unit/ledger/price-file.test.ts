import { expect, test } from 'bun:test'
import { parsePriceFile } from '../../../src/ledger/price-file.ts'
import type { Identity } from '../../../src/ledger/price.ts'

const asked: Identity = {
  provider: 'local',
  address: null,
  dialect: 'openai-chat',
  model: 'wise-2',
  tier: null,
  at: 0,
}

const list = parsePriceFile(
  `
prices:
  - model: wise-2
    provider: elsewhere
    input: 9
  - model: wise-2
    tier: priority
    input: 2
  - model: wise-*
    input: 1
    output: 4
    audioHour: 0.36
    webSearches: 10
    above:
      300000: { input: 3 }
      200000: { input: 2, output: 8 }
  - model: '*'
    input: 0
`,
  '2026-11-01',
)

test('the first entry that fits is taken, by model, provider and tier', () => {
  expect(list(asked)?.model).toBe('wise-*')
  expect(list({ ...asked, provider: 'elsewhere' })).toMatchObject({ model: 'wise-2', provider: 'elsewhere' })
  expect(list({ ...asked, tier: 'priority' })).toMatchObject({ model: 'wise-2', tier: 'priority' })
  expect(list({ ...asked, model: 'other' })?.model).toBe('*')
})

test('prices are for a million tokens, an hour or a thousand requests, and rise with the input', () => {
  expect(list(asked)).toEqual({
    source: { kind: 'file', version: '2026-11-01' },
    provider: 'any',
    model: 'wise-*',
    tier: null,
    rates: {
      input: {
        base: 1_000_000,
        above: [
          { tokens: 200_000, rate: 2_000_000 },
          { tokens: 300_000, rate: 3_000_000 },
        ],
      },
      output: { base: 4_000_000, above: [{ tokens: 200_000, rate: 8_000_000 }] },
      audioSeconds: { base: 100_000_000, above: [] },
      web_search: { base: 10_000_000_000, above: [] },
    },
  })
})

test('JSON is YAML', () => {
  const json = parsePriceFile(JSON.stringify({ prices: [{ model: 'a', output: 1 }] }), '')
  expect(json({ ...asked, model: 'a' })?.rates.output?.base).toBe(1_000_000)
  expect(json(asked)).toBeNull()
})

test('what is no list of prices is refused, with the place that is wrong', () => {
  expect(() => parsePriceFile('prices: 1', '')).toThrow('prices: Expected array')
  expect(() => parsePriceFile('prices: [{model: a, input: -1}]', '')).toThrow('prices.0.input')
  expect(() => parsePriceFile('prices: [{model: a, imput: 1}]', '')).toThrow('prices.0.imput')
  expect(() => parsePriceFile('prices: [{model: "a*b", input: 1}]', '')).toThrow('prices.0.model')
  expect(() => parsePriceFile('', '')).toThrow('the file')
})
