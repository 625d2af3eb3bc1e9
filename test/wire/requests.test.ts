import { afterAll, beforeAll, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { ask, openClient } from '../support/client.ts'
import { chunk, createProvider, lastChunk, whole, type Answer, type Provider } from '../support/provider.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** A request on its way to the provider: what of it crosses, what stays, and when. */
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

test("a request's headers pass, without those of the hop and those for Weir", async () => {
  answer = ok
  const headers = [
    'Authorization: Bearer the-clients-own',
    'Anthropic-Beta: one, two',
    'X-Stainless-Retry-Count: 0',
    'Accept: text/event-stream',
    'User-Agent: probe/1',
    'Connection: keep-alive, X-Hop',
    'X-Hop: 1',
    'TE: trailers',
    'X-Weir-Project: mine',
    'X-WEIR-Token: secret-for-weir',
    'Proxy-Authorization: Basic c2VjcmV0',
  ]
  await ask(weir.url, { path: '/fake/v1/messages', body: '{"model":"small"}', headers })
  const { head, header } = lastCall()
  expect(header('authorization')).toBe('Bearer the-clients-own')
  expect(header('anthropic-beta')).toBe('one, two')
  expect(header('accept')).toBe('text/event-stream')
  expect(header('user-agent')).toBe('probe/1')
  expect(header('host')).toBe(new URL(provider.url).host)
  expect(head).not.toMatch(/x-hop|x-weir|^te:|proxy-authorization/im)
})

test("a configured key takes the place of every credential of the client's", async () => {
  answer = ok
  const headers = ['Authorization: Bearer client-one', 'X-Goog-Api-Key: client-two', 'Api-Key: client-three']
  await ask(weir.url, { path: '/keyed/v1/messages?key=client-four&beta=true', body: '{}', headers })
  const { head, target } = lastCall()
  expect(target).toBe('/v1/messages?beta=true')
  expect(head).not.toContain('client-')
  expect(head.match(/sk-configured-key/g)).toHaveLength(1)
})

test('a chunked request reaches the provider before the client has sent all of it', async () => {
  answer = ok
  const client = await openClient(weir.url)
  const before = provider.calls.length
  client.send('POST /fake/v1/files HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  client.send(chunk('first'))
  const call = await until('the call', () => provider.calls[before])
  await until('the first part', () => call.came().includes('first'))
  client.send(chunk('second'))
  await until('the second part', () => call.came().includes('second'))
  client.send(lastChunk)
  expect(String(await call.body())).toBe('firstsecond')
  expect((await client.ended()).status).toBe(200)
  client.leave()
})

test('a long request of known length reaches the provider as it comes, with its length', async () => {
  answer = ok
  const client = await openClient(weir.url)
  const before = provider.calls.length
  client.send('POST /fake/v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n')
  client.send('x'.repeat(1_000_000))
  const call = await until('the call', () => provider.calls[before])
  await until('half of it', () => call.came().length >= 1_000_000)
  expect(call.header('content-length')).toBe('2000000')
  expect(call.header('transfer-encoding')).toBeUndefined()
  client.send('y'.repeat(1_000_000))
  expect((await call.body()).length).toBe(2_000_000)
  expect((await client.ended()).status).toBe(200)
  client.leave()
})

test('a compressed request passes untouched, and by model where nothing of it changes', async () => {
  answer = ok
  const body = gzipSync('{"model":"small","messages":[]}')
  for (const path of ['/fake/v1/chat/completions', '/v1/chat/completions']) {
    await ask(weir.url, { path, body, headers: ['Content-Encoding: gzip'] })
    expect(lastCall().header('content-encoding')).toBe('gzip')
    expect((await lastCall().body()).equals(body)).toBe(true)
  }
})

test('by model only the bytes of the name change', async () => {
  answer = ok
  const body = '{ "a" : 1.50,\n "mod\\u0065l":\t"fake/small" , "z":"\u{1f600}\\u20ac", "n": 1e400 }'
  await ask(weir.url, { path: '/v1/chat/completions', body })
  expect(String(await lastCall().body())).toBe(body.replace('"fake/small"', '"small"'))
})

test('a client that waits for 100 Continue gets it, and the provider does not see the wait', async () => {
  answer = ok
  const client = await openClient(weir.url)
  client.send('POST /fake/v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
  await until('100 Continue', () => String(client.came()).startsWith('HTTP/1.1 100'))
  client.send('body')
  expect((await client.ended()).status).toBe(200)
  expect(lastCall().header('expect')).toBeUndefined()
  expect(String(await lastCall().body())).toBe('body')
  client.leave()
})
