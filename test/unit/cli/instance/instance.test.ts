import { expect, test } from 'bun:test'
import { openInstance } from '../../../../src/cli/instance/instance.ts'
import { storedTrace } from '../../../support/heads.ts'
import { createStranger, createWeir, idsIn, idsOf, tracesAt, url } from './weir.ts'

const token = 'correct horse battery'.replaceAll(' ', '-')

test('pages follow each other, newest first', async () => {
  const { source, stored } = createWeir(tracesAt(1, 2, 3))
  const first = await source.list({}, { limit: 2, cursor: null })
  const second = await source.list({}, { limit: 2, cursor: first.cursor })
  expect([...idsOf(first.traces), ...idsOf(second.traces)]).toEqual(idsIn(stored).toReversed())
  expect(second.cursor).toBeNull()
})

test('every filter is asked for', async () => {
  const { source, calls } = createWeir()
  const query = {
    project: 'p q',
    provider: 'o',
    model: 'a/b&c',
    outcome: 'timed-out',
    status: 504,
    since: 1000.7,
    until: 2000,
    text: 'ü "x"',
  } as const
  await source.list(query, { limit: 7, cursor: null })
  expect(calls).toEqual([{ ...query, since: 1000, limit: 7 }])
})

test('a trace comes whole, and one that is not there is null', async () => {
  const { source, stored } = createWeir([storedTrace({ error: { code: 7 } })])
  const [one] = stored
  const trace = await source.get(one?.record.id ?? '')
  expect(trace).toMatchObject({ ...one?.record })
  expect(await source.get('0123456789abcdefghjk')).toBeNull()
  expect(await source.get('../status?x')).toBeNull()
  expect(await source.running('x')).toBeNull()
  expect(source.missing()).toBeNull()
})

test('an answer comes with its bytes, and its times as exact as the timeline', async () => {
  const bytes = new TextEncoder().encode('data: a\n\ndata: b\n\n')
  const part = { bytes, reads: [30_000, 9, 400_000, 9] }
  const { source, stored } = createWeir([storedTrace({}, [part])])
  const raw = await source.raw(stored[0]?.record.id ?? '')
  expect(raw?.bytes).toEqual(bytes)
  const [first = 0, one, second = 0, two] = raw?.reads ?? []
  expect([one, two]).toEqual([9, 9])
  expect(Math.abs(first - 30_000)).toBeLessThan(2400)
  expect(Math.abs(second - 400_000)).toBeLessThan(2400)
})

test('a trace without an answer has no bytes, and no trace has none to have', async () => {
  const { source, stored } = createWeir([storedTrace({ status: null, outcome: 'unreachable' })])
  expect(await source.raw(stored[0]?.record.id ?? '')).toEqual({ bytes: new Uint8Array(), reads: [] })
  expect(await source.raw('0123456789abcdefghjk')).toBeNull()
})

test('what waits for other stores is told, and what was refused is sent again', async () => {
  const { source, pushes, asked, calls } = createWeir()
  const sums = { entries: 2, bytes: 3000, sent: 7, refused: 3, dropped: 1, oldestAt: 5 }
  pushes.push({ project: 'one', ...sums }, { project: 'two', ...sums, refused: 0, oldestAt: null })
  expect(await source.pushes()).toEqual(pushes)
  expect(await source.retryPushes(null)).toBe(3)
  expect(await source.retryPushes('one & two')).toBe(3)
  expect(calls).toEqual([{ retry: null }, { retry: 'one & two' }])
  expect(asked[1]).toBe('POST /api/pushes/retry')
  const older = createStranger(() =>
    Response.json({ error: { code: 'not-found', message: 'x' } }, { status: 404 }),
  )
  await expect(older.pushes()).rejects.toThrow('is not a Weir')
})

test('the token is shown to the Weir, and what it says to none or a wrong one is told', async () => {
  const { source } = createWeir(tracesAt(1), { token })
  expect((await source.list({}, { limit: 1, cursor: null })).traces.length).toBe(1)
  const refuse = () =>
    Response.json({ error: { code: 'unauthorized', message: 'This API needs a token' } }, { status: 401 })
  const none = createStranger(refuse).get('x')
  await expect(none).rejects.toThrow(`${url} needs a token: set $WEIR_TOKEN, or give --token`)
  const wrong = createStranger(refuse, 'wrong').get('x')
  await expect(wrong).rejects.toThrow(`${url} does not accept this token`)
})

test('the token does not follow a redirect', async () => {
  const redirects: string[] = []
  const source = createStranger((request) => {
    redirects.push(request.redirect)
    return new Response(null, { status: 302, headers: { location: 'https://elsewhere.test/' } })
  }, token)
  await expect(source.get('x')).rejects.toThrow('is not a Weir')
  expect(redirects).toEqual(['manual'])
})

const strangers: [string, () => Response][] = [
  ['a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
  ['its own 404', () => new Response('Not Found', { status: 404 })],
  ['JSON of another kind', () => Response.json({ traces: [{ id: 1 }], next: null })],
  ['nothing', () => new Response('')],
]
test.each(strangers)('what answers with %s is not a Weir', async (_, answer) => {
  const source = createStranger(answer)
  await expect(source.list({}, { limit: 1, cursor: null })).rejects.toThrow(
    `What answers at ${url} is not a Weir`,
  )
  await expect(source.after({}, null)).rejects.toThrow('is not a Weir')
})

test("an error that the Weir tells is told on, without a terminal's commands", async () => {
  const error = { code: 'internal', message: 'The store cannot be read\x1b[2J' }
  const source = createStranger(() => Response.json({ error }, { status: 500 }))
  await expect(source.get('x')).rejects.toThrow(`${url} says: The store cannot be read\\u001b[2J`)
})

const unreachable: [string, string][] = [
  ['ConnectionRefused', 'nothing listens there'],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT): name that of its authority in $NODE_EXTRA_CA_CERTS',
  ],
  ['CERT_HAS_EXPIRED', 'its certificate is not trusted (CERT_HAS_EXPIRED)'],
  ['ECONNRESET', 'it broke off'],
]
test.each(unreachable)('an address that cannot be reached is told with why: %s', async (code, why) => {
  const send = async () => {
    throw Object.assign(new Error('it broke off'), { code })
  }
  const source = openInstance({ url: `${url}/`, token, send, warn: () => undefined })
  await expect(source.get('x')).rejects.toThrow(`Cannot reach ${url}: ${why}`)
})
