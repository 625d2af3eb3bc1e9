import { expect, test } from 'bun:test'
import { type ApiOptions, createApi } from '../../../src/api/api.ts'
import { outcomes } from '../../../src/merge/report.ts'
import { fakeTraces, storedTrace, toHead } from '../../support/heads.ts'

function start(
  change: Partial<ApiOptions> = {},
  fake = fakeTraces([storedTrace(), storedTrace(), storedTrace()]),
) {
  const api = createApi({
    traces: fake.traces,
    subscribe: fake.subscribe,
    token: undefined,
    isLoopback: true,
    version: '9.9.9',
    allowSilence: () => {},
    log: (...line) => void fake.calls.push(line),
    now: () => Date.UTC(2026, 1, 1),
    ...change,
  })
  const ask = (path: string, init: RequestInit = {}) =>
    api.handle(new Request(`http://localhost/api${path}`, init))
  return { ...fake, ask, json: async (path: string) => (await ask(path)).json() }
}

async function messageOf(response: Response): Promise<string> {
  const { error } = await response.json()
  return error.message
}

test('a list is newest first and continues where it ended', async () => {
  const { json, stored } = start()
  const ids = stored.map(({ record }) => record.id).reverse()
  const first = await json('/traces?limit=2')
  expect(first.traces.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2))
  expect(first.next).toBe(ids[1])
  const second = await json(`/traces?limit=2&before=${first.next}`)
  expect(second.traces.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2))
  expect(second.next).toBeNull()
})

test('a list has heads and no contents', async () => {
  const { json, stored } = start({}, fakeTraces([storedTrace()]))
  const [only] = stored
  expect((await json('/traces')).traces).toEqual(only === undefined ? [] : [toHead(only.record)])
})

test('every filter reaches the reader in its own type', async () => {
  const { ask, calls } = start()
  await ask(
    '/traces?project=p&provider=openai&model=a%2Fb%20c&outcome=client-left&status=404&since=5&until=2026-01-31T12:00:00Z&text=1&limit=1000',
  )
  expect(calls).toEqual([
    {
      project: 'p',
      provider: 'openai',
      model: 'a/b c',
      outcome: 'client-left',
      status: 404,
      since: 5,
      until: Date.UTC(2026, 0, 31, 12),
      text: '1',
      limit: 1000,
    },
  ])
})

test('without parameters a list has fifty', async () => {
  const { ask, calls } = start()
  await ask('/traces')
  expect(calls).toEqual([{ limit: 50 }])
})

test('every outcome is a value of its filter', async () => {
  const { ask } = start()
  for (const outcome of outcomes) expect((await ask(`/traces?outcome=${outcome}`)).status).toBe(200)
})

const good = [
  'limit=1',
  'limit=999',
  'limit=1000',
  'status=100',
  'status=599',
  'since=0',
  'since=2026-01-31',
  'until=2026-01-31T12:00:00.5%2B01:00',
  'text=%00',
  `text=${'x'.repeat(500)}`,
  'text=null',
  'text=%7B%22a%22:1%7D',
  `model=${'m'.repeat(200)}`,
  'before=0123456789abcdefghjk',
]
test.each(good)('"%s" is accepted', async (query) => {
  expect((await start().ask(`/traces?${query}`)).status).toBe(200)
})

const bad = [
  'limit=0',
  'limit=1001',
  'limit=-1',
  'limit=1.5',
  'limit=abc',
  'limit=',
  'limit=01',
  'status=99',
  'status=600',
  'status=20',
  'status=2xx',
  'since=yesterday',
  'since=-1',
  'since=2026-13-45',
  'since=',
  'until=1e3',
  'outcome=Answered',
  'outcome=',
  'text=',
  `text=${'x'.repeat(501)}`,
  'model=',
  `model=${'m'.repeat(201)}`,
  'project=',
  'provider=',
  'before=',
  'before=x',
  'before=0123456789abcdefghjk0',
  'before=0123456789abcdefghil',
  'before=0123456789ABCDEFGHJK',
]
test.each(bad)('"%s" is refused by the name of its parameter', async (query) => {
  const response = await start().ask(`/traces?${query}`)
  expect(response.status).toBe(400)
  const { error } = await response.json()
  expect(error.code).toBe('bad-request')
  expect(error.message).toStartWith(`The parameter "${query.split('=')[0]}" must be `)
})

test('a parameter that means nothing is refused, and what is known is told', async () => {
  const response = await start().ask('/traces?modle=x')
  expect(response.status).toBe(400)
  expect(await messageOf(response)).toStartWith(
    'Unknown parameter "modle": known are project, provider, model',
  )
})

test('a parameter that comes twice is refused', async () => {
  const response = await start().ask('/traces?model=a&model=b')
  expect(await messageOf(response)).toBe('The parameter "model" is given twice')
})

test('one trace comes with its contents and what later parts will say of it', async () => {
  const { json, stored } = start()
  const record = stored[1]?.record
  expect(await json(`/traces/${record?.id}`)).toEqual({
    ...record,
    conversation: null,
    verdicts: [],
    cost: null,
  })
})

test.each(['', '/raw', '/request', '/replay', '/timeline'])(
  'a trace that is not there is a clear 404: %s',
  async (end) => {
    const response = await start().ask(`/traces/0123456789abcdefghjk${end}`)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      error: { code: 'not-found', message: 'There is no trace "0123456789abcdefghjk"' },
    })
  },
)

test('the status names the version and what is stored', async () => {
  expect(await start().json('/status')).toEqual({
    version: '9.9.9',
    startedAt: Date.UTC(2026, 1, 1),
    totals: { count: 3, bytes: 4096, oldest: Date.UTC(2026, 0, 31, 12) },
  })
})

test.each([
  ['/nothing', 'GET'],
  ['/', 'GET'],
  ['/traces', 'POST'],
  ['/traces/x', 'PUT'],
])('%s by %s is a clear 404', async (path, method) => {
  const response = await start().ask(path, { method })
  expect(response.status).toBe(404)
  expect(await messageOf(response)).toStartWith(`The API has no ${method} /api`)
})

test('a body that is no JSON does not matter where no body is read', async () => {
  const headers = { 'content-type': 'application/json' }
  const response = await start().ask('/traces', { method: 'POST', body: '{', headers })
  expect([400, 404]).toContain(response.status)
  expect((await response.json()).error.code).toBeString()
})

test('answers are never kept by a cache', async () => {
  const { ask, stored } = start()
  const id = stored[0]?.record.id
  for (const path of ['/status', '/traces', `/traces/${id}`, `/traces/${id}/raw`, '/none', '/traces?limit=0'])
    expect((await ask(path)).headers.get('cache-control')).toBe('no-store')
})

test('removing one trace leaves the others', async () => {
  const { ask, stored } = start()
  const id = stored[1]?.record.id
  expect(await (await ask(`/traces/${id}`, { method: 'DELETE' })).json()).toEqual({ removed: 1 })
  expect(stored.map(({ record }) => record.id)).not.toContain(id)
  expect(stored.length).toBe(2)
  expect((await ask(`/traces/${id}`, { method: 'DELETE' })).status).toBe(404)
})

test('removing without a filter removes nothing', async () => {
  const { ask, stored } = start()
  const response = await ask('/traces', { method: 'DELETE' })
  expect(response.status).toBe(400)
  expect(await messageOf(response)).toContain('at least one filter')
  expect(stored.length).toBe(3)
})

test.each(['modle=a', 'provider=demo&limit=1', 'provider=demo&before=0123456789abcdefghjk'])(
  'removing by what is no filter removes nothing: %s',
  async (query) => {
    const { ask, stored } = start()
    expect((await ask(`/traces?${query}`, { method: 'DELETE' })).status).toBe(400)
    expect(stored.length).toBe(3)
  },
)

test('removing by filter takes every page, and nothing that began meanwhile', async () => {
  const many = Array.from({ length: 450 }, (_, at) => storedTrace({ model: at % 3 === 0 ? 'keep' : 'drop' }))
  const late = storedTrace({ model: 'drop', startedAt: Date.UTC(2026, 1, 1) })
  const { ask, stored } = start({}, fakeTraces([...many, late]))
  expect(await (await ask('/traces?model=drop', { method: 'DELETE' })).json()).toEqual({ removed: 300 })
  expect(stored.length).toBe(151)
})

test('what the store throws is told without its cause, and logged with it', async () => {
  const fake = fakeTraces()
  const { ask, calls } = start(
    {
      traces: { ...fake.traces, totals: () => Promise.reject(new Error('/secret/path is locked')) },
    },
    fake,
  )
  const response = await ask('/status')
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('secret')
  expect(calls).toEqual([['error', 'bug', { where: 'api', cause: '/secret/path is locked' }]])
})
