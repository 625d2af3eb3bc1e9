import { expect, jest, test } from 'bun:test'
import { createAsk } from '../../../src/push/ask.ts'
import { createRemote, mostMs } from '../../../src/push/remote.ts'

const key = 'inv-canary'
const now = () => 0

function remoteOf(answer: (url: URL, init: RequestInit) => Response | Promise<Response>) {
  const asked: string[] = []
  const fetch = async (url: string, init: RequestInit) => {
    asked.push(`${init.method} ${url}`)
    return answer(new URL(url), init)
  }
  const target = { url: 'http://remote.test', key }
  return { ...createRemote({ target, fetch, now, stop: new AbortController().signal }), asked }
}

const json = (body: unknown, status = 200, headers = {}) => Response.json(body, { status, headers })

test('a push that is answered with an id was taken', async () => {
  let sent: RequestInit = {}
  const { send, asked } = remoteOf(
    (_, init) => ((sent = init), json({ id: ['u-1'], dataset: 'd', username: 'u' })),
  )
  expect(await send('{}')).toEqual({ kind: 'sent', remoteId: 'u-1' })
  expect(asked).toEqual(['POST http://remote.test/api/v1/push/trace'])
  expect(sent).toMatchObject({ body: '{}', redirect: 'manual', headers: { authorization: `Bearer ${key}` } })
})

test.each([400, 402, 406, 409, 410, 413, 415, 422, 499])(
  'status %d refuses this trace for good',
  async (status) => {
    const { send } = remoteOf(() => json({ detail: 'lengths differ' }, status))
    expect(await send('{}')).toEqual({
      kind: 'refused',
      why: `It answered with status ${status}: lengths differ`,
    })
  },
)

test.each([301, 307, 401, 403, 404, 405, 407, 408, 425, 429])(
  'status %d says nothing of this trace: it waits',
  async (status) => {
    const { send } = remoteOf(() => json({ detail: 'no' }, status, { 'retry-after': '7' }))
    expect(await send('{}')).toMatchObject({ kind: 'away', afterMs: 7000 })
  },
)

test.each([500, 502, 503, 504])('after status %d nobody knows whether it was taken', async (status) => {
  const { send } = remoteOf(() => json({ detail: 'no' }, status))
  expect(await send('{}')).toMatchObject({ kind: 'unknown', afterMs: null })
})

test.each([
  ['a page', () => new Response('<html>')],
  ['nothing', () => new Response(null)],
  ['no id', () => json({ id: [] })],
])('a good status with %s is not taken at its word', async (_, answer) => {
  expect(await remoteOf(answer).send('{}')).toMatchObject({ kind: 'unknown' })
})

test.each([
  ['ConnectionRefused', 'away'],
  ['ENOTFOUND', 'away'],
  ['CERT_HAS_EXPIRED', 'away'],
  ['ECONNRESET', 'unknown'],
  ['ConnectionClosed', 'unknown'],
] as const)('of an error %s it is known whether something had left: %s', async (code, kind) => {
  const { send } = remoteOf(() => {
    throw Object.assign(new Error(`cannot reach it with ${key}`), { code })
  })
  const sent = await send('{}')
  expect(sent.kind).toBe(kind)
  expect(JSON.stringify(sent)).not.toContain(key)
})

test('an answer that is cut leaves it open, and what a remote says of the key is not repeated', async () => {
  const cut = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) })
  expect(await remoteOf(() => new Response(cut)).send('{}')).toMatchObject({ kind: 'unknown' })
  const { send } = remoteOf(() => json({ detail: `unknown key ${key}\r\n${'x'.repeat(1000)}` }, 422))
  const refused = await send('{}')
  expect(JSON.stringify(refused)).not.toContain(key)
  expect(refused).toMatchObject({ why: expect.stringContaining('unknown key ********** xxx') })
  expect(JSON.stringify(refused).length).toBeLessThan(400)
})

test('a remote that says nothing is let go after 25 s, and may have taken it', async () => {
  jest.useFakeTimers()
  try {
    const { send } = remoteOf((_, { signal }) => {
      const never = Promise.withResolvers<Response>()
      signal?.addEventListener('abort', () => never.reject(signal.reason))
      return never.promise
    })
    const told = send('{}')
    jest.advanceTimersByTime(mostMs)
    expect(await told).toMatchObject({ kind: 'unknown', why: 'It did not answer within 25 s' })
  } finally {
    jest.useRealTimers()
  }
})

/** A remote that has these traces. */
function having(ids: readonly string[], more: { search?: () => Response; list?: () => Response } = {}) {
  const traces = ids.map((id, index) => ({ id: `r-${index}`, index, extra_metadata: { weir_trace: id } }))
  return remoteOf(({ pathname, searchParams }) => {
    if (pathname.endsWith('/identity')) return json({ username: 'a b' })
    if (pathname.endsWith('/s')) {
      const query = searchParams.get('query') ?? ''
      const found = traces.filter(
        ({ extra_metadata: { weir_trace: id } }) => query === `meta:weir_trace=${id}`,
      )
      const numbers = found.map(({ index }) => index)
      return (
        more.search?.() ?? json({ result: { 'Other Traces': { traces: [] }, [query]: { traces: numbers } } })
      )
    }
    const indices = searchParams.get('indices')?.split(',').map(Number)
    return (
      more.list?.() ??
      json(indices === undefined ? traces : traces.filter(({ index }) => indices.includes(index)))
    )
  })
}

test('a remote is asked by the id of the trace, and what it finds is looked at', async () => {
  const remote = having(['t1', 't2'])
  const ask = createAsk(remote, 'data')
  expect(await ask('t2')).toEqual({ kind: 'there', remoteId: 'r-1' })
  expect(await ask('t3')).toEqual({ kind: 'absent' })
  expect(remote.asked).toEqual([
    'GET http://remote.test/api/v1/user/identity',
    'GET http://remote.test/api/v1/dataset/byuser/a%20b/data/s?query=meta%3Aweir_trace%3Dt2',
    'GET http://remote.test/api/v1/dataset/byuser/a%20b/data/traces?indices=1',
    'GET http://remote.test/api/v1/dataset/byuser/a%20b/data/s?query=meta%3Aweir_trace%3Dt3',
  ])
})

test('a search that finds everything, as one that could not be read does, is not believed', async () => {
  const few = () => json({ result: { q: { traces: [0, 1] } } })
  expect(await createAsk(having(['t1', 't2'], { search: few }), 'data')('t3')).toEqual({ kind: 'absent' })
  const many = () => json({ result: { q: { traces: Array.from({ length: 51 }, (_, at) => at) } } })
  const remote = having(['t1', 't2'], { search: many })
  expect(await createAsk(remote, 'data')('t2')).toEqual({ kind: 'there', remoteId: 'r-1' })
  expect(remote.asked.at(-1)).toEndWith('/data/traces')
})

test('where the search is not for keys, the list of all traces is looked through', async () => {
  const search = () => json({ detail: 'Not authenticated' }, 401)
  expect(await createAsk(having(['t1'], { search }), 'data')('t1')).toMatchObject({ kind: 'there' })
  expect(await createAsk(having(['t1'], { search }), 'data')('t2')).toEqual({ kind: 'absent' })
})

test('without the data set it has nothing of it; what cannot be asked is mute, what does not answer is away', async () => {
  const missing = () => json({ detail: 'Dataset not found' }, 404)
  expect(await createAsk(having([], { search: missing }), 'data')('t')).toEqual({ kind: 'absent' })
  const refuse = (status: number) => () => json({ detail: 'no' }, status)
  const both = (status: number) => having([], { search: refuse(405), list: refuse(status) })
  expect(await createAsk(both(405), 'data')('t')).toMatchObject({ kind: 'mute' })
  expect(await createAsk(both(503), 'data')('t')).toMatchObject({ kind: 'away' })
  expect(await createAsk(having([], { search: refuse(500) }), 'data')('t')).toMatchObject({ kind: 'away' })
  const nobody = remoteOf(() => json({}))
  expect(await createAsk(nobody, 'data')('t')).toMatchObject({ kind: 'mute' })
})

test('a key that may push and not read makes its remote mute; one that is known no more is waited for', async () => {
  let isKnown = true
  const refuse = () => json({ detail: 'Unauthorized get' }, 401)
  const remote = remoteOf(({ pathname }) =>
    pathname.endsWith('/identity') && isKnown ? json({ username: 'u' }) : refuse(),
  )
  const ask = createAsk(remote, 'data')
  expect(await ask('t')).toEqual({ kind: 'mute', why: 'It answered with status 401: Unauthorized get' })
  isKnown = false
  expect(await ask('t')).toMatchObject({ kind: 'away' })
})
