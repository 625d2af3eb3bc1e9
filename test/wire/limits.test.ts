import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ask, openAsk, openClient } from '../support/client.ts'
import { chunk, createProvider, whole, type Answer, type Provider } from '../support/provider.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** What is too much, too slow or not quite HTTP ends at Weir, and says so. */
let answer: Answer
let provider: Provider
let weir: Weir
let impatient: Weir

const ok: Answer = async (call) => {
  await call.body()
  call.send(whole('{}', ['Content-Type: application/json']))
}

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  const settings = {
    providers: {
      fake: { dialect: 'anthropic', url: provider.url, models: ['small'] },
      other: { dialect: 'openai-chat', url: provider.url },
    },
    limits: { requestBodyBytes: 100_000, openExchanges: 4 },
  }
  weir = await startWeir(settings)
  impatient = await startWeir({ ...settings, timeouts: { requestBodyMs: 200 } })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await impatient[Symbol.asyncDispose]()
  await provider.stop()
})

const paths = ['/fake/v1/messages', '/v1/messages']

test('a body of exactly the limit passes, and one byte more is 413 in the dialect', async () => {
  answer = ok
  const most = `{"model":"fake/small","x":"${'x'.repeat(100_000 - 29)}"}`
  for (const path of paths) {
    expect((await ask(weir.url, { path, body: most })).status).toBe(200)
    const before = provider.calls.length
    const reply = await ask(weir.url, { path, body: `${most} ` })
    expect([reply.status, reply.ending]).toEqual([413, 'clean'])
    expect(JSON.parse(String(reply.body))).toMatchObject({
      type: 'error',
      error: { type: 'request_too_large' },
    })
    expect(provider.calls.length).toBe(before)
    expect((await weir.trace(reply.header('x-weir-trace'))).outcome).toBe('refused')
  }
})

test('a chunked body past the limit is 413, and the provider is let go', async () => {
  answer = ok
  for (const path of paths) {
    const before = provider.calls.length
    const client = await openClient(weir.url)
    client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`)
    for (let sent = 0; sent < 120_000; sent += 10_000) {
      client.send(chunk('x'.repeat(10_000)))
      await Bun.sleep(1)
    }
    expect((await client.ended()).status).toBe(413)
    await provider.calls[before]?.closed
    client.leave()
  }
})

test('a body that stops coming is 408, and the provider is let go', async () => {
  answer = () => {}
  for (const path of paths) {
    const before = provider.calls.length
    for (const framing of ['Content-Length: 90000', 'Content-Length: 100', 'Transfer-Encoding: chunked']) {
      const client = await openClient(impatient.url)
      client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n`)
      client.send(framing.startsWith('C') ? '{"model"' : chunk('{"model"'))
      const reply = await client.ended()
      expect([reply.status, reply.ending]).toEqual([408, 'clean'])
      expect((await impatient.trace(reply.header('x-weir-trace'))).outcome).toBe('refused')
      client.leave()
    }
    await Promise.all(provider.calls.slice(before).map((call) => call.closed))
  }
})

test('a body that comes byte by byte, so that it is never silent, is 408 all the same', async () => {
  answer = () => {}
  for (const path of ['/fake/v1/messages', '/v1/messages']) {
    const client = await openClient(impatient.url)
    client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n{`)
    await until('the end of patience', () => {
      client.send(' ')
      return client.reply().status === 408
    })
    client.leave()
  }
})

test('headers past the limit are 431, and nothing of them reaches a provider', async () => {
  answer = ok
  const before = provider.calls.length
  for (const [bytes, status] of [
    [50_000, 200],
    [70_000, 431],
    [2_000_000, 431],
  ] as const) {
    const headers = [`X-Big: ${'x'.repeat(bytes)}`]
    expect((await ask(weir.url, { path: '/fake/v1/models', headers })).status).toBe(status)
  }
  expect(provider.calls.length).toBe(before + 1)
})

test('the limit of headers follows the configuration while Weir runs', async () => {
  answer = ok
  await using other = await startWeir({ providers: { fake: { dialect: 'anthropic', url: provider.url } } })
  const status = async () => {
    return (await ask(other.url, { path: '/fake/v1/models', headers: [`X-Big: ${'x'.repeat(30_000)}`] }))
      .status
  }
  expect(await status()).toBe(200)
  other.running.reload({ ...other.config, limits: { ...other.config.limits, headerBytes: 20_000 } })
  expect(await status()).toBe(431)
  other.running.reload(other.config)
  expect(await status()).toBe(200)
})

test('past the open exchanges that are allowed clients get 503 with Retry-After, until one ends', async () => {
  answer = () => {}
  const body = '{"model":"small"}'
  const clients = await Promise.all(
    [1, 2, 3, 4].map(() => openAsk(weir.url, { path: '/fake/v1/messages', body })),
  )
  await until('four to be open', async () => (await weir.metric('weir_open_exchanges')) === 4)
  const reply = await ask(weir.url, { path: '/fake/v1/messages', body })
  expect([reply.status, reply.header('retry-after')]).toEqual([503, '1'])
  expect(JSON.parse(String(reply.body))).toMatchObject({ error: { type: 'overloaded_error' } })
  clients[0]?.leave()
  await until('one to be gone', async () => (await weir.metric('weir_open_exchanges')) === 3)
  answer = ok
  expect((await ask(weir.url, { path: '/fake/v1/messages', body })).status).toBe(200)
  for (const client of clients) client.leave()
  await until('none to be open', async () => (await weir.metric('weir_open_exchanges')) === 0)
})

const line = 'POST /fake/v1/messages HTTP/1.1\r\n'
const smuggled = 'GET /fake/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
const attempts: Readonly<Record<string, string>> = {
  'a length and chunks': `${line}Host: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'chunks and a length': `${line}Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${smuggled}`,
  'two lengths': `${line}Host: x\r\nContent-Length: 2\r\nContent-Length: 47\r\n\r\n{}${smuggled}`,
  'a list of lengths': `${line}Host: x\r\nContent-Length: 2, 47\r\n\r\n{}${smuggled}`,
  'a length with a sign': `${line}Host: x\r\nContent-Length: +2\r\n\r\n{}${smuggled}`,
  'a length that is no number': `${line}Host: x\r\nContent-Length: 0x2\r\n\r\n{}${smuggled}`,
  'chunked as one of two encodings': `${line}Host: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
  'an unknown transfer encoding': `${line}Host: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
  'bare line feeds': `${line.replace('\r', '')}Host: x\nContent-Length: 2\n\n{}${smuggled}`,
  'a folded header': `${line}Host: x\r\nX-A: b\r\n Content-Length: 2\r\n\r\n{}${smuggled}`,
  'a space before the colon': `${line}Host: x\r\nContent-Length : 2\r\n\r\n{}${smuggled}`,
  'a null in a header': `${line}Host: x\r\nX-A: b\0c\r\nContent-Length: 2\r\n\r\n{}`,
  'a carriage return in a header': `${line}Host: x\r\nX-A: b\rX-B: c\r\nContent-Length: 2\r\n\r\n{}`,
  'no host': `${line}Content-Length: 2\r\n\r\n{}`,
  'a chunk size that overflows': `${line}Host: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}`,
  'a chunk size that is negative': `${line}Host: x\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}`,
}

test('what could be read in two ways is refused, and no second request is made of it', async () => {
  answer = ok
  for (const [name, bytes] of Object.entries(attempts)) {
    const before = provider.calls.length
    const client = await openClient(weir.url)
    client.send(bytes)
    await Bun.sleep(30)
    const { status } = client.reply()
    client.leave()
    // A provider that was called for it must not see how it was framed, nor what came behind it.
    const told = provider.calls.slice(before).map(({ target }) => target)
    expect({ name, told }).toEqual({ name, told: [] })
    expect({ name, refused: status === 0 || status >= 400 }).toEqual({ name, refused: true })
  }
})

test('what stands behind the last chunk is never a second request, be it a trailer or one', async () => {
  answer = ok
  const before = provider.calls.length
  for (const behind of ['X-Checksum: abc\r\n\r\n', 'GET /fake/v1/second HTTP/1.1\r\nHost: x\r\n\r\n']) {
    const client = await openClient(weir.url)
    client.send(`${line}Host: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${behind}`)
    await until('the end of the connection', () => client.socket.destroyed)
    expect(String(client.came())).toEndWith('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  }
  const told = provider.calls.slice(before).map(({ target }) => target)
  expect(told.filter((target) => target !== '/v1/messages')).toEqual([])
})

test('neither an absolute target nor a Host leads to another place, or to another provider', async () => {
  answer = ok
  const hosts = [
    'evil.test',
    'a b',
    'x/other',
    'x/other/v1?',
    'x#',
    'user:pass@evil.test',
    '[::1]:99',
    '',
    '%2f',
  ]
  const requests = [
    ...hosts.map((host) => `GET /fake/other/v1/models HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
    'GET http://evil.test/fake/other/v1/models HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET http://evil.test:1/fake/other/v1/models HTTP/1.1\r\nHost: x/other\r\n\r\n',
    'GET //evil.test/fake/other/v1/models HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET fake/other/v1/models HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /other/../fake/other/v1/models HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
  ]
  for (const request of requests) {
    const before = provider.calls.length
    const client = await openClient(weir.url)
    client.send(request)
    await Bun.sleep(20)
    const { head } = client.reply()
    client.leave()
    for (const call of provider.calls.slice(before)) {
      expect([request, call.target]).toEqual([request, '/other/v1/models'])
      expect(call.header('host')).toBe(new URL(provider.url).host)
    }
    const id = /x-weir-trace: (\w+)/.exec(head)?.[1]
    if (id !== undefined) expect([request, (await weir.trace(id)).provider]).toEqual([request, 'fake'])
  }
})

test('a method that the server does not know reaches nobody', async () => {
  answer = ok
  const before = provider.calls.length
  const client = await openClient(weir.url)
  client.send('FROBNICATE /fake/v1/models HTTP/1.1\r\nHost: x\r\n\r\n')
  await Bun.sleep(20)
  expect([client.reply().status, provider.calls.length]).toEqual([expect.anything(), before])
  client.leave()
})

test('a path of no provider, and a model of nobody, are 404 in the dialect', async () => {
  const path = await ask(weir.url, { path: '/nobody/v1/messages', body: '{}' })
  expect([path.status, path.header('content-type')]).toEqual([
    404,
    expect.stringContaining('application/json'),
  ])
  const model = await ask(weir.url, { path: '/v1/messages', body: '{"model":"unknown"}' })
  expect([model.status, JSON.parse(String(model.body))]).toMatchObject([404, { type: 'error' }])
  const dialect = await ask(weir.url, { path: '/v1/messages', body: '{"model":"other/x"}' })
  expect([dialect.status, JSON.parse(String(dialect.body))]).toMatchObject([400, { type: 'error' }])
  const none = await ask(weir.url, { path: '/v1/messages', body: '[]' })
  expect([none.status, JSON.parse(String(none.body))]).toMatchObject([400, { type: 'error' }])
})
