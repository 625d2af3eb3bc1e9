import { expect, test } from 'bun:test'
import { createApi } from '../../../src/api/api.ts'
import type { RawPart } from '../../../src/api/reader.ts'
import { realWait } from '../../../src/core/wait.ts'
import { openClient } from '../../support/client.ts'
import { fakeTraces, storedTrace, toHead } from '../../support/heads.ts'
import { until } from '../../support/until.ts'
import { checkPolicies } from '../../support/policies.ts'

const text = '{"text":"\u{1F600}é"}'
const bytes = new TextEncoder().encode(text)

const whole: readonly RawPart[] = [{ bytes, reads: [30_000, bytes.length] }]

function start(part = whole, change = {}, wait = realWait) {
  const one = storedTrace({ replyHeaders: [['content-type', 'application/json']], ...change }, part)
  const fake = fakeTraces([one])
  const silent: string[] = []
  const api = createApi({
    ...fake,
    token: undefined,
    isLoopback: true,
    version: '1',
    checkPolicies,
    allowSilence: (request) => silent.push(request.url),
    log: () => {},
    wait,
  })
  const ask = (end: string) => api.handle(new Request(`http://localhost/api/traces/${one.record.id}${end}`))
  return { ask, one, silent, api }
}

test('the raw answer is what was recorded, byte for byte, with its type', async () => {
  const response = await start().ask('/raw')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.bytes()).toEqual(bytes)
})

test('the request is what was recorded, byte for byte', async () => {
  const { ask, one } = start()
  const response = await ask('/request')
  expect(response.headers.get('content-disposition')).toEndWith('-request.json"')
  expect(Buffer.from(await response.bytes()).equals(one.body)).toBe(true)
})

test('a replay is the same answer at any cut of its reads', async () => {
  for (let cut = 0; cut <= bytes.length; cut++) {
    const parts = [
      { bytes: bytes.subarray(0, cut), reads: [0, cut] },
      { bytes: bytes.subarray(cut), reads: [0, 99] },
    ]
    const { ask, one } = start(parts)
    const response = await ask('/replay?speed=max')
    expect(response.headers.get('x-weir-replay-of')).toBe(one.record.id)
    expect(await response.text()).toBe(text)
  }
})

test('over a socket too, a 4-byte character that is cut stays whole', async () => {
  const single = [...bytes].map((_, at) => ({ bytes: bytes.subarray(at, at + 1), reads: [0, 1] }))
  const { api, one } = start(single, { status: 201 })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: api.fetch })
  try {
    const replayed = await fetch(`${server.url}api/traces/${one.record.id}/replay?speed=1000`)
    expect([replayed.status, await replayed.text()]).toEqual([201, text])
    const raw = await fetch(`${server.url}api/traces/${one.record.id}/raw`)
    expect(await raw.text()).toBe(text)
  } finally {
    await server.stop(true)
  }
})

test.each(['0', '-1', '1001', 'fast', '', '1e3', 'Infinity', '1.2345', '0.000'])(
  'the speed "%s" is refused',
  async (speed) => {
    const response = await start().ask(`/replay?speed=${speed}`)
    expect(response.status).toBe(400)
    expect((await response.json()).error.message).toStartWith(
      'The parameter "speed" must be a number above 0',
    )
  },
)

test.each(['1000', 'max', '999.5'])('the speed "%s" is accepted', async (speed) => {
  expect((await start().ask(`/replay?speed=${speed}`)).status).toBe(200)
})

test('a replay may be silent for as long as the answer was', async () => {
  const { ask, silent } = start()
  await ask('/replay?speed=max')
  expect(silent.length).toBe(1)
})

test.each(['/raw', '/replay'])('an exchange without an answer says so: %s', async (end) => {
  const response = await start([], { status: null, outcome: 'unreachable' }).ask(end)
  expect(response.status).toBe(404)
  expect((await response.json()).error.message).toContain('has no answer')
})

test('the timeline of an answer sums up its reads', async () => {
  const timeline = await (await start().ask('/timeline')).json()
  expect([timeline.reads, timeline.slots[0]]).toEqual([1, bytes.length])
})

test('over a socket, what was cut is cut again: the client never sees a clean end', async () => {
  // The only wait, at these speeds: what was sent leaves the machine before the reset, which would overtake it.
  let isHeard = Promise.withResolvers<void>()
  const { api, one } = start(whole, { outcome: 'provider-cut' }, () => isHeard.promise)
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: api.fetch })
  try {
    for (const speed of ['1000', 'max']) {
      isHeard = Promise.withResolvers<void>()
      const client = await openClient(server.url.origin)
      const path = `/api/traces/${one.record.id}/replay?speed=${speed}`
      client.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      await until('the answer', () => client.reply().body.equals(bytes))
      isHeard.resolve()
      expect((await client.ended()).ending).toBe('reset')
    }
  } finally {
    await server.stop(true)
  }
})

test('a store that fails in the middle resets the answer and is logged', async () => {
  const { traces } = fakeTraces([storedTrace()])
  const lines: unknown[] = []
  async function* broken(): AsyncGenerator<RawPart> {
    yield { bytes, reads: [0, bytes.length] }
    throw new Error('unreadable page')
  }
  const api = createApi({
    traces: {
      ...traces,
      raw: async () => ({ head: toHead(storedTrace().record), headers: [], parts: broken() }),
    },
    subscribe: () => () => {},
    token: undefined,
    isLoopback: true,
    version: '1',
    checkPolicies,
    allowSilence: () => {},
    log: (...line) => void lines.push(line),
  })
  const response = await api.handle(new Request('http://localhost/api/traces/x/raw'))
  expect(
    await response.text().then(
      () => 'clean',
      () => 'reset',
    ),
  ).toBe('reset')
  expect(lines).toEqual([['error', 'trace-unreadable', { cause: 'unreadable page' }]])
})
