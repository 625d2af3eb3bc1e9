import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ask, openAsk, openClient, requestBytes } from '../support/client.ts'
import {
  chunk,
  chunkedHead,
  createProvider,
  lastChunk,
  whole,
  type Answer,
  type Provider,
} from '../support/provider.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Methods and paths on their way out, status and headers on their way back. */
let answer: Answer
let provider: Provider
let weir: Weir

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  const fake = { dialect: ['openai-chat', 'anthropic'], url: provider.url, models: ['small'] }
  const keyed = { dialect: 'anthropic', url: provider.url, key: 'sk-configured-key' }
  weir = await startWeir({ providers: { fake, keyed } })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

const ok: Answer = async (call) => {
  await call.body()
  call.send(whole('{}', ['Content-Type: application/json']))
}

function lastCall() {
  const call = provider.calls.at(-1)
  if (call === undefined) throw new Error('Nobody called')
  return call
}

test('status, end-to-end headers and repeated cookies pass, and those of the hop do not', async () => {
  answer = (call) => {
    const hop = ['Keep-Alive: timeout=7', 'Connection: keep-alive, X-Only-Here', 'X-Only-Here: 1']
    const own = ['Set-Cookie: a=1; Path=/', 'Set-Cookie: b=2', 'Request-Id: req_1', 'X-Empty:']
    call.send(whole('{"a":1}', [...hop, ...own, 'Content-Type: application/json'], '202 Accepted'))
  }
  const reply = await ask(weir.url, { path: '/fake/v1/models' })
  expect(reply.status).toBe(202)
  expect(reply.headers('set-cookie')).toEqual(['a=1; Path=/', 'b=2'])
  expect(reply.header('request-id')).toBe('req_1')
  expect(reply.header('x-only-here')).toBeUndefined()
  expect(reply.header('keep-alive')).toBeUndefined()
  expect(reply.header('x-weir-trace')).toMatch(/^[0-9a-z]{20}$/)
  expect(reply.headers('content-length')).toEqual(['7'])
})

test('a long answer of known length has either a length or chunks, never both', async () => {
  answer = (call) => call.send(whole('x'.repeat(3 << 20), ['Content-Type: application/json']))
  const reply = await ask(weir.url, { path: '/fake/v1/files/1' })
  const framings = [...reply.headers('content-length'), ...reply.headers('transfer-encoding')]
  expect(framings).toHaveLength(1)
  expect(reply.body.length).toBe(3 << 20)
})

test('an error of the provider passes as it is, also when a stream was asked for', async () => {
  const error = '{"error":{"message":"slow down","type":"rate_limit_error"}}'
  answer = async (call) => {
    await call.body()
    call.send(whole(error, ['Content-Type: application/json', 'Retry-After: 7'], '429 Too Many Requests'))
  }
  const body = '{"model":"small","stream":true}'
  for (const path of ['/fake/v1/chat/completions', '/v1/chat/completions']) {
    const reply = await ask(weir.url, { path, body })
    expect([reply.status, reply.header('retry-after'), String(reply.body)]).toEqual([429, '7', error])
    expect((await weir.trace(reply.header('x-weir-trace'))).outcome).toBe('failed')
  }
})

test('answers that have no body pass: 204, 304, and those to HEAD', async () => {
  answer = (call) => call.send('HTTP/1.1 204 No Content\r\nX-Kept: 1\r\n\r\n')
  const empty = await ask(weir.url, { path: '/fake/v1/files/1', method: 'DELETE' })
  expect([empty.status, empty.header('x-kept'), empty.body.length]).toEqual([204, '1', 0])
  answer = (call) => call.send('HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n')
  const same = await ask(weir.url, { path: '/fake/v1/files/1', headers: ['If-None-Match: "one"'] })
  expect([same.status, same.header('etag'), same.body.length]).toEqual([304, '"one"', 0])
  answer = (call) => call.send('HTTP/1.1 200 OK\r\nContent-Length: 4321\r\nContent-Type: text/plain\r\n\r\n')
  const client = await openAsk(weir.url, { path: '/fake/v1/files/1', method: 'HEAD' })
  const head = await client.headed()
  expect([head.status, head.header('content-length')]).toEqual([200, '4321'])
  await Bun.sleep(20)
  expect(String(client.came()).endsWith('\r\n\r\n')).toBe(true)
  client.leave()
})

test('every method that the server knows reaches the provider as it is', async () => {
  answer = ok
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    const reply = await ask(weir.url, { path: '/fake/v1/any', method })
    expect([reply.status, lastCall().method]).toEqual([200, method])
  }
})

test('paths and queries reach the provider byte for byte', async () => {
  answer = ok
  for (const path of [
    '/v1/files/a%2Fb%252F%20c',
    '/v1//files///x',
    '/v1/files?a=1&a=2&b=%20+%2B&c',
    '/v1/files?',
    '/v1/%E2%82%AC/%F0%9F%98%80',
    "/v1/a;b=c/$&+,:@!*'()~",
    `/v1/${'long/'.repeat(1500)}`,
  ]) {
    await ask(weir.url, { path: `/fake${path}` })
    expect(lastCall().target).toBe(path)
  }
})

test('a redirect is passed and not followed', async () => {
  answer = (call) => call.send(whole('', ['Location: http://127.0.0.1:1/elsewhere'], '302 Found'))
  const reply = await ask(weir.url, { path: '/fake/v1/files/1/content' })
  expect([reply.status, reply.header('location')]).toEqual([302, 'http://127.0.0.1:1/elsewhere'])
})

test('interim answers of the provider are not taken for its answer', async () => {
  answer = (call) => {
    call.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')
    call.send(whole('done'))
  }
  const reply = await ask(weir.url, { path: '/fake/v1/files', body: 'x' })
  expect([reply.status, String(reply.body)]).toEqual([200, 'done'])
})

test('requests follow one another on one connection', async () => {
  answer = (call) => call.send(whole(call.target))
  const client = await openClient(weir.url)
  for (const path of ['/1', '/2', '/3']) {
    client.send(requestBytes({ path: `/fake${path}` }))
    await until('its answer', () => String(client.came()).endsWith(path))
  }
  client.leave()
})

// Bun closes the connection on it instead of queueing: no client of a model does this since HTTP/2 came.
test('a request sent before the answer to the last is never answered with that', async () => {
  answer = async (call) => {
    await Bun.sleep(call.target.endsWith('1') ? 20 : 0)
    call.send(whole(call.target))
  }
  const client = await openClient(weir.url)
  client.send(Buffer.concat([requestBytes({ path: '/fake/1' }), requestBytes({ path: '/fake/2' })]))
  const { body } = await client.ended()
  expect(['', '/1']).toContain(String(body))
})

test('an answer without length or chunks passes until its connection ends', async () => {
  answer = async (call) => {
    call.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n')
    call.send('data: {"choices":[]}\n\n')
    await Bun.sleep(10)
    call.send('data: [DONE]\n\n')
    call.end()
  }
  const reply = await ask(weir.url, { path: '/fake/v1/chat/completions', body: '{"stream":true}' })
  expect([reply.ending, String(reply.body)]).toEqual(['clean', 'data: {"choices":[]}\n\ndata: [DONE]\n\n'])
})

test('an event stream passes each event at once', async () => {
  answer = async (call) => {
    call.send(chunkedHead())
    call.send(chunk('data: 1\n\n'))
  }
  const client = await openAsk(weir.url, { path: '/fake/v1/chat/completions', body: '{"stream":true}' })
  await client.got('data: 1\n\n')
  lastCall().send(chunk('data: 2\n\n'))
  await client.got('data: 2\n\n')
  lastCall().send(lastChunk)
  expect((await client.ended()).ending).toBe('clean')
  client.leave()
})

test.each(['audio/mpeg', 'text/event-stream', 'text/plain', 'application/json'])(
  'what comes slowly is seen as it comes, also if its length is known: %s',
  async (type) => {
    const rest = Promise.withResolvers<void>()
    answer = async (call) => {
      call.send(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: 10\r\n\r\n`)
      call.send('first')
      await rest.promise
      call.send('later')
    }
    const client = await openAsk(weir.url, { path: '/fake/v1/files' })
    expect(String((await client.got('first')).body)).toBe('first')
    rest.resolve()
    const reply = await client.ended()
    client.leave()
    expect([String(reply.body), reply.ending]).toEqual(['firstlater', 'clean'])
    const trace = await weir.trace(reply.header('x-weir-trace'))
    expect([trace.outcome, trace.sizes.replySent.bytes]).toEqual(['answered', 10])
  },
)

test('JSON whose parts follow closely is passed whole, with its length', async () => {
  answer = (call) => {
    call.send('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a')
    setImmediate(() => call.send('":1}'))
  }
  const reply = await ask(weir.url, { path: '/fake/v1/files' })
  expect([reply.header('content-length'), String(reply.body)]).toEqual(['7', '{"a":1}'])
})
