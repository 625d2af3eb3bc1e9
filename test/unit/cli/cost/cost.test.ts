import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { TraceSource } from '../../../../src/cli/source.ts'
import type { ShownCost } from '../../../../src/ledger/stored.ts'
import type { CostQuery, CostTotals } from '../../../../src/trace/costs.ts'
import { createFolder } from '../../../support/traces.ts'
import { play, sourceOf, traceOf } from '../world.ts'

const cost: ShownCost = {
  total: '0.00195',
  currency: 'USD',
  complete: false,
  estimated: true,
  source: { kind: 'built-in', version: '1.2.3' },
  provider: 'openai',
  model: 'gpt-5',
  note: 'a note',
  lines: [
    line('input', 1200, '1.25', 1_000_000, 'token', '0.0015'),
    { ...line('output', 45, '10', 1_000_000, 'token', '0.00045'), estimated: true },
    { ...line('web_search', 1, null, 1000, 'request', null) },
    { ...line('advisor input', null, '3', 1_000_000, 'token', null), model: 'other' },
  ],
}

function line(
  ...[kind, quantity, price, per, unit, amount]: [
    string,
    number | null,
    string | null,
    number,
    string,
    string | null,
  ]
) {
  return { kind, model: null, quantity, unit, price, per, amount, estimated: false }
}

const usage = {
  input: 1200,
  cachedInput: 0,
  cacheWrite: null,
  output: null,
  reasoning: null,
  details: {
    cacheWrite1h: 7,
    serverTools: { web_search: 1 },
    tier: 'priority',
    estimated: { output: 45 },
    reportedCost: 0.5,
  },
}

const withTrace = (trace = traceOf({ cost, usage, costUnknown: null })) => ({
  openTraces: async () => sourceOf([trace]),
})
const list = (id: string, data = '/data') => ['cost', id, '--data', data]

test('a cost is explained line by line: what, how many, at what price, and what is estimated or unknown', async () => {
  const { code, out } = await play(list('01k3v9w2b60017f3kq8s'), withTrace())
  expect(code).toBe(0)
  expect(out).toBe(`01k3v9w2b60017f3kq8s gpt-5 · openai · 2026-05-02 09:30:00 UTC
told      input 1,200, cached input 0, cache write 1h 7, web search 1
estimated output 45
tier      priority
charged   $0.5, as the provider says

KIND                   QUANTITY                   PRICE    AMOUNT
input                     1,200  $1.25 / million tokens   $0.0015
output                       45    $10 / million tokens  $0.00045  estimated
web search                    1               not known   unknown
advisor input (other)  not told     $3 / million tokens   unknown
total                                                    $0.00195  at least, estimated

prices    openai gpt-5, built in (genai-prices 1.2.3)
note      a note
`)
})

test('the newest trace is the last one', async () => {
  expect((await play(list('last'), withTrace())).out).toContain('01k3v9w2b60017f3kq8s')
  const none = await play(list('last'))
  expect(none).toMatchObject({ code: 1 })
})

test('an unknown cost says why', async () => {
  const trace = traceOf({ usage: null, costUnknown: 'No price is known for model "x"' })
  const { out } = await play(list('last'), withTrace(trace))
  expect(out).toContain('told      no usage')
  expect(out).toContain('The cost is not known: No price is known for model "x"')
})

test('where prices are from is told in words', async () => {
  const of = async (kind: ShownCost['source']['kind'], version = '') =>
    (await play(list('last'), withTrace(traceOf({ cost: { ...cost, source: { kind, version } } })))).out
  expect(await of('file', '2026-11-01')).toContain('openai gpt-5, of the price file of 2026-11-01')
  expect(await of('refreshed', '2026-11-02')).toContain('downloaded on 2026-11-02')
  expect(await of('provider')).toContain("the provider's own word")
  expect(await of('free')).toContain('costs nothing')
})

test('as JSON it is what the API tells', async () => {
  const { out } = await play([...list('last'), '--json'], withTrace())
  expect(JSON.parse(out)).toEqual({ id: '01k3v9w2b60017f3kq8s', usage, cost, costUnknown: null })
})

test('what is neither a trace nor a command is refused, and its help is there', async () => {
  expect(await play(['cost', 'totls'])).toMatchObject({
    code: 2,
    err: 'weir: "totls" is no command; did you mean weir cost totals?\n',
  })
  expect((await play(['cost', 'last', '--help'])).out).toContain('Usage: weir cost ID [options]')
  expect((await play(['cost', '--help'])).out).toContain('  ID ')
  expect((await play(['--help'])).out).toContain('  cost ID ')
  expect(await play(['cost', 'last', '--no'])).toMatchObject({ code: 2 })
})

const sum = {
  traces: 1200,
  unpriced: 3,
  incomplete: 0,
  estimated: 2,
  tokens: { input: 5000, cachedInput: 100, cacheWrite: 0, output: 700, reasoning: 0 },
  cost: '1.25',
}
const totals: CostTotals = {
  currency: 'USD',
  total: sum,
  groups: [
    { ...sum, group: { model: 'gpt-5', day: '2026-05-02' } },
    { ...sum, group: { model: null, day: '2026-05-01' }, unpriced: 0, estimated: 0 },
  ],
  isCut: true,
}

function withTotals(asked: CostQuery[] = []) {
  const source: TraceSource = {
    ...sourceOf([]),
    costs: async (query) => {
      asked.push(query)
      return totals
    },
  }
  return { openTraces: async () => source }
}

test('sums are a table with what is not in them', async () => {
  const asked: CostQuery[] = []
  const { code, out, err } = await play(
    ['cost', 'totals', '--by', 'model,day', '--since', '2026-05-01', '--client', 'c1', '--data', '/d'],
    { ...withTotals(asked), isTerminal: true, environment: { NO_COLOR: '1' } },
  )
  expect(code).toBe(0)
  expect(asked).toEqual([
    {
      by: ['model', 'day'],
      from: Date.UTC(2026, 4, 1),
      to: undefined,
      project: undefined,
      client: 'c1',
      provider: undefined,
      model: undefined,
    },
  ])
  expect(out).toBe(`MODEL  DAY          COST  TRACES     IN  CACHED  OUT
gpt-5  2026-05-02  $1.25   1,200  5,000     100  700  3 without a price, 2 estimated
-      2026-05-01  $1.25   1,200  5,000     100  700
all                $1.25   1,200  5,000     100  700  3 without a price, 2 estimated
`)
  expect(err).toBe('There are more than these 2 groups\n')
})

test('sums are between tabs for a pipe, and as the API tells them as JSON', async () => {
  const piped = await play(['cost', 'totals', '--data', '/d'], withTotals())
  expect(piped.out.split('\n')[0]).toBe(
    'gpt-5\t$1.25\t1,200\t5,000\t100\t700\t3 without a price, 2 estimated',
  )
  const json = await play(['cost', 'totals', '--json', '--data', '/d'], withTotals())
  expect(JSON.parse(json.out)).toEqual(totals)
})

test.each([
  ['--by', 'week'],
  ['--by', 'day,day'],
  ['--since', 'soon'],
  ['--until', 'late'],
])('sums by %s %s are refused', async (flag, value) => {
  const { code, err } = await play(['cost', 'totals', flag, value, '--data', '/d'], withTotals())
  expect(code).toBe(2)
  expect(err).toContain(`${flag} must be`)
})

test('prices made anew say how many traces they changed, by the addresses that are configured', async () => {
  const asked: unknown[] = []
  const source: TraceSource = {
    ...sourceOf([]),
    reprice: async (policy) => {
      asked.push(policy)
      return { looked: 1200, changed: 34 }
    },
  }
  const config =
    'data: /d\nledger: {prices: p.yaml}\nproviders: {mine: {url: http://m, dialect: anthropic}}\n'
  const { code, out } = await play(['cost', 'reprice', '--config', 'w.yaml', '--since', '2026-05-01'], {
    openTraces: async () => source,
    readText: async () => config,
  })
  expect({ code, out }).toEqual({ code: 0, out: '34 of 1,200 traces have another cost now\n' })
  expect(asked).toEqual([
    {
      since: Date.UTC(2026, 4, 1),
      ledger: { prices: '/srv/p.yaml', refreshed: '/d/prices.json', estimate: true },
      addresses: {
        openai: 'https://api.openai.com/v1',
        anthropic: 'https://api.anthropic.com',
        gemini: 'https://generativelanguage.googleapis.com',
        demo: 'weir:demo',
        mine: 'http://m',
      },
    },
  ])
  expect(await play(['cost', 'reprice', '--since', 'never'])).toMatchObject({ code: 2 })
})

test('prices are downloaded into the data folder', async () => {
  using folder = createFolder()
  const fetch = async () => Response.json([{ id: 'one', api_pattern: 'x', models: [{ id: 'a' }] }])
  const { code, out } = await play(['prices', 'refresh', '--data', folder.path], { fetch })
  expect({ code, out }).toEqual({
    code: 0,
    out: `${join(folder.path, 'prices.json')}: 1 models of 1 providers\n`,
  })
  const configured = await play(['prices', 'refresh', '--config', 'w.yaml'], {
    fetch,
    readText: async () => `data: ${folder.path}`,
  })
  expect(configured.out).toBe(out)
  expect(await play(['prices', 'refresh', '--data', folder.path])).toMatchObject({ code: 1 })
})
