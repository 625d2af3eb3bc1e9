import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBook } from '../../../src/ledger/book.ts'
import type { Found, Identity } from '../../../src/ledger/price.ts'

const folder = mkdtempSync(join(tmpdir(), 'weir-book-'))
afterAll(() => rmSync(folder, { recursive: true }))

const asked: Identity = {
  provider: 'openai',
  address: 'https://api.openai.com/v1',
  dialect: 'openai-chat',
  model: 'gpt-4o-mini',
  tier: null,
  at: Date.UTC(2026, 0, 1),
}

function open(files: { prices?: string; refreshed?: string } = {}) {
  const events: string[] = []
  const clock = { now: 0 }
  const book = createBook({
    prices: files.prices ?? null,
    refreshed: files.refreshed ?? null,
    log: (_, event) => events.push(event),
    now: () => clock.now,
  })
  return { find: (of: Partial<Identity> = {}) => book.find({ ...asked, ...of }), events, clock }
}

function inputOf(found: Found): number | undefined {
  return found.kind === 'found' ? found.price.rates.input?.base : undefined
}

/** A file written at a moment of its own: two writes within a test may share one. */
function write(path: string, text: string, second: number): string {
  writeFileSync(path, text)
  utimesSync(path, second, second)
  return path
}

test('a model of a known provider has its built-in price, and a dated name of it too', () => {
  const { find } = open()
  expect(find()).toMatchObject({
    price: { provider: 'openai', model: 'gpt-4o-mini', source: { kind: 'built-in' } },
  })
  expect(inputOf(find())).toBe(150_000)
  expect(inputOf(find({ model: 'gpt-4o-mini-2024-07-18' }))).toBe(150_000)
})

test('a provider is known by its address, then by its name, then by whose model it is', () => {
  const { find } = open()
  const sonnet = { model: 'claude-sonnet-4-5', dialect: 'anthropic' }
  expect(inputOf(find({ ...sonnet, provider: 'mine', address: 'https://api.anthropic.com' }))).toBe(3_000_000)
  expect(inputOf(find({ ...sonnet, provider: 'anthropic', address: 'http://10.0.0.1' }))).toBe(3_000_000)
  expect(inputOf(find({ ...sonnet, provider: 'mine', address: 'http://10.0.0.1' }))).toBe(3_000_000)
  expect(find({ provider: 'mine', address: 'http://10.0.0.1', model: 'llama-9' })).toEqual({
    kind: 'unknown',
    reason: 'No price is known for model "llama-9" of provider "mine"',
  })
})

test('the same name costs what its provider takes', () => {
  const { find } = open()
  const gemini = { provider: 'gemini', address: null, dialect: 'gemini', model: 'models/gemini-2.5-flash' }
  expect(find(gemini)).toMatchObject({
    price: { provider: 'google', rates: { inputAudio: { base: 1_000_000 } } },
  })
})

test("Weir's own answers are free", () => {
  const { find } = open()
  expect(find({ provider: 'demo', address: 'weir:demo' })).toMatchObject({
    price: { source: { kind: 'free' }, rates: { input: { base: 0 } } },
  })
})

test('a price that changes with the hour is looked up for the minute of the exchange', () => {
  const { find } = open()
  const deepseek = { provider: 'deepseek', address: null, model: 'deepseek-chat' }
  const at = (hour: number) => inputOf(find({ ...deepseek, at: Date.UTC(2025, 5, 1, hour, 45) }))
  expect(at(17)).toBeLessThan(at(12) ?? 0)
  expect(at(12)).toBeGreaterThan(at(17) ?? Infinity)
})

test('a price file goes before what is built in, and counts anew when it changes, goes or is broken', () => {
  const prices = write(join(folder, 'prices.yaml'), 'prices: [{model: gpt-4o-mini, input: 7}]', 1000)
  const { find, clock, events } = open({ prices })
  expect(find()).toMatchObject({ price: { source: { kind: 'file', version: '1970-01-01' } } })
  write(prices, 'prices: [{model: gpt-4o-mini, input: 8}]', 2000)
  expect(inputOf(find())).toBe(7_000_000)
  clock.now = 10_000
  expect(inputOf(find())).toBe(8_000_000)
  write(prices, 'prices: nothing', 3000)
  clock.now = 20_000
  expect(inputOf(find())).toBe(8_000_000)
  expect(events).toEqual(['prices-bad'])
  unlinkSync(prices)
  clock.now = 30_000
  expect(inputOf(find())).toBe(150_000)
})

test('downloaded data takes the place of the built-in, until it goes', async () => {
  const data = [
    {
      id: 'openai',
      name: 'OpenAI',
      api_pattern: 'https://api\\.openai\\.com',
      models: [{ id: 'gpt-4o-mini', match: { equals: 'gpt-4o-mini' }, prices: { input_mtok: 9 } }],
    },
  ]
  const refreshed = write(join(folder, 'prices.json'), JSON.stringify(data), 86_400)
  const { find, clock, events } = open({ refreshed })
  expect(find()).toMatchObject({ price: { source: { kind: 'refreshed', version: '1970-01-02' } } })
  expect(inputOf(find())).toBe(9_000_000)
  // The library hands out its own data as a promise.
  await Promise.resolve()
  for (const [at, bad] of ['[]', '{}', 'no JSON', '[{"id":1}]'].entries()) {
    write(refreshed, bad, 90_000 + at)
    clock.now += 10_000
    expect(inputOf(find())).toBe(9_000_000)
  }
  expect(events).toHaveLength(4)
  unlinkSync(refreshed)
  clock.now += 10_000
  expect(inputOf(find())).toBe(150_000)
})
