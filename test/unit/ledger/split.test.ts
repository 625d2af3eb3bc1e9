import { expect, test } from 'bun:test'
import { unknownUsage } from '../../support/usage.ts'
import type { Usage } from '../../../src/conversation/usage.ts'
import type { RateKind, Rates } from '../../../src/ledger/price.ts'
import { split } from '../../../src/ledger/split.ts'

function rates(...kinds: RateKind[]): Rates {
  return Object.fromEntries(kinds.map((kind) => [kind, { base: 1, above: [] }]))
}

function shares(usage: Partial<Usage>, ...kinds: RateKind[]): Record<string, number | null> {
  const list = split({ ...unknownUsage, ...usage }, rates(...kinds))
  return Object.fromEntries(list.map(({ kind, quantity }) => [kind, quantity]))
}

const all: Partial<Usage> = {
  input: 1000,
  cachedInput: 300,
  cacheWrite: 200,
  output: 500,
  reasoning: 100,
  details: {
    cacheWrite5m: 150,
    cacheWrite1h: 50,
    inputAudio: 120,
    cachedAudio: 20,
    inputImage: 40,
    cachedImage: 10,
    outputAudio: 30,
    outputImage: 60,
  },
}

test('each token is charged once, as the narrowest kind that has a price', () => {
  const kinds = [
    'cachedInput',
    'cacheWrite',
    'cacheWrite1h',
    'inputAudio',
    'cachedAudio',
    'inputImage',
  ] as const
  expect(
    shares(all, 'input', 'output', ...kinds, 'cachedImage', 'reasoning', 'outputAudio', 'outputImage'),
  ).toEqual({
    cachedAudio: 20,
    cachedImage: 10,
    cachedInput: 270,
    cacheWrite1h: 50,
    cacheWrite: 150,
    inputAudio: 100,
    inputImage: 30,
    input: 370,
    reasoning: 100,
    outputAudio: 30,
    outputImage: 60,
    output: 310,
  })
})

test('a kind without a price of its own is charged as what it is a part of', () => {
  expect(shares(all, 'input', 'output')).toEqual({ input: 1000, output: 500 })
  expect(shares(all, 'input', 'output', 'cachedInput')).toEqual({ cachedInput: 300, input: 700, output: 500 })
  // Cached audio is cheap because it is cached.
  expect(shares(all, 'input', 'output', 'cachedInput', 'inputAudio')).toEqual({
    cachedInput: 300,
    inputAudio: 100,
    input: 600,
    output: 500,
  })
  expect(shares(all, 'input', 'output', 'inputAudio')).toEqual({ inputAudio: 120, input: 880, output: 500 })
})

test('writes to a cache are the usual ones where nobody says how long they live', () => {
  const usage = { input: 10, cacheWrite: 4, output: 0 }
  expect(shares(usage, 'input', 'cacheWrite', 'cacheWrite1h')).toEqual({ cacheWrite: 4, input: 6 })
  const apart = { input: 10, output: 0, details: { cacheWrite5m: 1, cacheWrite1h: 2 } }
  expect(shares(apart, 'input', 'cacheWrite')).toEqual({ cacheWrite: 3, input: 7 })
})

test('parts that are more than the whole are cut, so that nothing is charged twice', () => {
  expect(shares({ input: 10, cachedInput: 15, output: 1, reasoning: 9 }, 'cachedInput', 'reasoning')).toEqual(
    {
      cachedInput: 10,
      reasoning: 1,
    },
  )
})

test('what was not told stays unknown', () => {
  expect(shares({ input: null, output: null }, 'input', 'output')).toEqual({ input: null, output: null })
})

test('embeddings have no output, and nothing is unknown about it', () => {
  expect(shares({ input: 8 }, 'input')).toEqual({ input: 8 })
})

test('speech is charged by the second where the provider counts seconds', () => {
  expect(shares({ details: { audioSeconds: 12 } }, 'audioSeconds')).toEqual({ audioSeconds: 12 })
})

test('tools of the provider are charged by request, but for those that cost nothing', () => {
  const serverTools = { web_search: 2, web_fetch: 3, code_execution: 1 }
  expect(shares({ input: 1, output: 1, details: { serverTools } }, 'input', 'output', 'request')).toEqual({
    request: 1,
    input: 1,
    output: 1,
    web_search: 2,
    code_execution: 1,
  })
})
