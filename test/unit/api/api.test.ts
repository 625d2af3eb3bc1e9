import { expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { messageOf, startApi } from '../../support/api.ts'
import { fakeTraces, openTrace, storedTrace, toHead } from '../../support/heads.ts'

test('a list is newest first and continues where it ended', async () => {
  const { json, stored } = startApi()
  const ids = stored.map(({ record }) => record.id).reverse()
  const first = await json('/traces?limit=2')
  expect(first.traces.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2))
  expect(first.next).toBe(ids[1])
  const second = await json(`/traces?limit=2&before=${first.next}`)
  expect(second.traces.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2))
  expect(second.next).toBeNull()
})

test('a list has heads and no contents', async () => {
  const { json, stored } = startApi({}, fakeTraces([storedTrace()]))
  const [only] = stored
  expect((await json('/traces')).traces).toEqual(only === undefined ? [] : [toHead(only.record)])
})

test('one trace comes with its contents and what later parts will say of it', async () => {
  const { json, stored } = startApi()
  const record = stored[1]?.record
  expect(await json(`/traces/${record?.id}`)).toEqual({
    ...record,
    verdicts: [],
  })
})

test.each(['', '/raw', '/request', '/replay', '/timeline'])(
  'a trace that is not there is a clear 404: %s',
  async (end) => {
    const response = await startApi().ask(`/traces/0123456789abcdefghjk${end}`)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      error: { code: 'not-found', message: 'There is no trace "0123456789abcdefghjk"' },
    })
  },
)

test('exchanges that still run are listed apart', async () => {
  const fake = fakeTraces()
  const { json } = startApi({}, fake)
  expect(await json('/open')).toEqual({ exchanges: [] })
  const running = openTrace({ status: null })
  fake.open.push(running)
  expect(await json('/open')).toEqual({ exchanges: [running] })
})

test('the status names the version and what is stored', async () => {
  expect(await startApi().json('/status')).toEqual({
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
  const response = await startApi().ask(path, { method })
  expect(response.status).toBe(404)
  expect(await messageOf(response)).toStartWith(`The API has no ${method} /api`)
})

test('a body that is no JSON does not matter where no body is read', async () => {
  const headers = { 'content-type': 'application/json' }
  const response = await startApi().ask('/traces', { method: 'POST', body: '{', headers })
  expect([400, 404]).toContain(response.status)
  expect((await response.json()).error.code).toBeString()
})

test('answers are never kept by a cache', async () => {
  const { ask, stored } = startApi()
  const id = stored[0]?.record.id
  for (const path of ['/status', '/traces', `/traces/${id}`, `/traces/${id}/raw`, '/none', '/traces?limit=0'])
    expect((await ask(path)).headers.get('cache-control')).toBe('no-store')
})

test('what the store throws is told without its cause, and logged with it', async () => {
  const fake = fakeTraces()
  const { ask, calls } = startApi(
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

test('as a part of a larger server it guards and tells errors of its own paths only', async () => {
  const { api } = startApi({ token: 'abc' })
  const server = new Elysia().use(api).get('/other', () => 'open')
  const ask = (path: string) => server.handle(new Request(`http://localhost${path}`))
  expect(await (await ask('/other')).text()).toBe('open')
  expect((await ask('/api/status')).status).toBe(401)
  expect((await ask('/api/none')).headers.get('www-authenticate')).toBe('Bearer realm="weir"')
  expect(await (await ask('/none')).text()).not.toContain('"error"')
})

test('a token is asked for before anything else is looked at', async () => {
  const { ask } = startApi({ token: 'abc' })
  for (const path of ['/traces?limit=0', '/traces/none', '/none', '/live'])
    expect((await ask(path)).status).toBe(401)
  expect((await ask('/status', { headers: { authorization: 'Bearer abc' } })).status).toBe(200)
})

test('the live feed may be silent for as long as nothing happens', async () => {
  const silent: Request[] = []
  const { ask } = startApi({ allowSilence: (request) => silent.push(request) })
  const response = await ask('/live')
  expect(response.headers.get('content-type')).toStartWith('text/event-stream')
  await response.body?.cancel()
  expect(silent.length).toBe(1)
})
