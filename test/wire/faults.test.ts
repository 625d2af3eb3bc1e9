import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ask, openAsk } from '../support/client.ts'
import {
  chunk,
  chunkedHead,
  createProvider,
  lastChunk,
  whole,
  type Answer,
  type Call,
  type Provider,
} from '../support/provider.ts'
import { providersAt, streams } from '../support/streams.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** The provider fails: its client never sees a clean end, and the trace says who it was. */
let answer: Answer
let provider: Provider
let weir: Weir
let impatient: Weir
let stalling: Weir

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  const nobody = { dialect: 'anthropic', url: 'http://127.0.0.1:1' }
  const providers = { ...providersAt(provider.url), nobody }
  weir = await startWeir({ providers })
  impatient = await startWeir({ providers, timeouts: { firstByteMs: 100 } })
  stalling = await startWeir({ providers, timeouts: { idleMs: 300 } })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await impatient[Symbol.asyncDispose]()
  await stalling[Symbol.asyncDispose]()
  await provider.stop()
})

function sumOf(bytes: Buffer): { bytes: number; sha256: string } {
  return { bytes: bytes.length, sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex') }
}

const breaks = [
  { how: 'is reset', outcome: 'provider-cut', stop: (call: Call) => call.reset(), which: () => weir },
  { how: 'is closed', outcome: 'provider-cut', stop: (call: Call) => call.end(), which: () => weir },
  { how: 'stalls', outcome: 'timed-out', stop: () => {}, which: () => stalling },
  {
    how: 'goes on with garbage',
    outcome: 'provider-cut',
    stop: (call: Call) => call.send('this is no chunk\r\n'),
    which: () => weir,
  },
] as const

for (const { dialect, path, body, events, errorMark } of streams) {
  for (const { how, outcome, stop, which } of breaks) {
    test(`a stream that ${how} at any event ends with an error event and a reset, ${dialect}`, async () => {
      const cases = [...events.keys()].map((at) => events.slice(0, at + 1).join(''))
      const calls = new Map<string | undefined, Call>()
      answer = (call) => {
        calls.set(call.header('x-case'), call)
        call.send(chunkedHead() + chunk(cases[Number(call.header('x-case'))] ?? ''))
      }
      await Promise.all(
        cases.map(async (said, at) => {
          const client = await openAsk(which().url, { path, body, headers: [`X-Case: ${at}`] })
          await client.got(said)
          const call = calls.get(String(at))
          if (call !== undefined) stop(call)
          const reply = await client.ended()
          expect(reply.ending).toBe('reset')
          const text = String(reply.body)
          expect(text.startsWith(said)).toBe(true)
          expect(text.slice(said.length)).toContain(errorMark)
          const trace = await which().trace(reply.header('x-weir-trace'))
          expect(trace.outcome).toBe(outcome)
          expect(trace.sizes.replyReceived.bytes).toBe(Buffer.byteLength(said))
          expect(trace.sizes.replySent).toEqual(sumOf(reply.body))
        }),
      )
    })
  }

  // What comes with the break in one read, `fetch` may keep to itself (docs/decisions/0019).
  test(`of a stream that breaks off as it speaks, client and trace have the same beginning, ${dialect}`, async () => {
    const all = events.slice(0, -1).join('')
    for (const stop of [
      (call: Call) => call.reset(),
      (call: Call) => call.end(),
      (call: Call) => call.send('this is no chunk\r\n'),
    ]) {
      answer = (call) => {
        call.send(chunkedHead() + chunk(events[0] ?? ''))
        for (const event of events.slice(1, -1)) call.send(chunk(event))
        stop(call)
      }
      const reply = await ask(weir.url, { path, body })
      const trace = await weir.trace(reply.header('x-weir-trace'))
      const { replyReceived, replySent } = trace.sizes
      const text = String(reply.body)
      expect([trace.outcome, replySent]).toEqual(['provider-cut', sumOf(reply.body)])
      expect(text.startsWith(all.slice(0, replyReceived.bytes))).toBe(true)
      expect(text.slice(replyReceived.bytes)).toContain(reply.status === 502 ? '"error"' : errorMark)
      expect([reply.status, reply.ending]).toEqual(reply.status === 502 ? [502, 'clean'] : [200, 'reset'])
    }
  })

  test(`a provider that fails before its answer is told as 502 or 504, ${dialect}`, async () => {
    for (const [stop, status] of [
      [(call: Call) => call.reset(), 502],
      [(call: Call) => call.end(), 502],
      [(call: Call) => call.send('220 mail.example ESMTP\r\n\r\n'), 502],
      [(call: Call) => call.send('HTTP/1.1 200 OK\r\nContent-Le'), 504],
      [() => {}, 504],
    ] as const) {
      answer = (call) => stop(call)
      const asked = status === 504 ? impatient : weir
      const reply = await ask(asked.url, { path, body })
      expect([reply.status, reply.ending]).toEqual([status, 'clean'])
      const told: unknown = JSON.parse(String(reply.body))
      expect(told).toMatchObject({ error: { message: expect.stringContaining('hop: provider') } })
      const outcome = status === 504 ? 'timed-out' : expect.stringMatching(/^(provider-cut|unreachable)$/)
      expect((await asked.trace(reply.header('x-weir-trace'))).outcome).toEqual(outcome)
    }
  })
}

test('a provider that nobody is at is told as 502, without its address', async () => {
  const reply = await ask(weir.url, { path: '/nobody/v1/messages', body: '{}' })
  expect(reply.status).toBe(502)
  expect(String(reply.body)).not.toMatch(/127\.0\.0\.1|ECONN|localhost/)
  expect(JSON.parse(String(reply.body))).toMatchObject({ type: 'error', error: { type: 'api_error' } })
  expect((await weir.trace(reply.header('x-weir-trace'))).outcome).toBe('unreachable')
})

test('a JSON answer that is cut is told as 502, and a long one is never ended cleanly', async () => {
  answer = (call) => {
    const length = call.target.endsWith('long') ? 3 << 20 : 1000
    call.send(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`)
    call.send('x'.repeat(length / 2))
    if (length === 1000) call.reset()
  }
  const short = await ask(weir.url, { path: '/anthropic/v1/short' })
  expect([short.status, short.ending]).toEqual([502, 'clean'])
  expect((await weir.trace(short.header('x-weir-trace'))).outcome).toBe('provider-cut')
  const client = await openAsk(weir.url, { path: '/anthropic/v1/long' })
  await client.headed()
  provider.calls.at(-1)?.reset()
  const long = await client.ended()
  expect([long.status, long.ending]).toEqual([200, 'reset'])
  expect((await weir.trace(long.header('x-weir-trace'))).outcome).toBe('provider-cut')
})

test('a compressed stream that is cut is reset without an event that nobody could read', async () => {
  const packed = Bun.gzipSync(new TextEncoder().encode('data: 1\n\n'))
  answer = (call) => {
    call.send(chunkedHead('text/event-stream', ['Content-Encoding: gzip']))
    call.send(chunk(packed))
  }
  const client = await openAsk(weir.url, {
    path: '/openai-chat/v1/chat/completions',
    body: '{"stream":true}',
  })
  await until('all that it says', () => client.reply().body.length === packed.length)
  provider.calls.at(-1)?.reset()
  const reply = await client.ended()
  expect([reply.ending, reply.body.equals(Buffer.from(packed))]).toEqual(['reset', true])
})

test('a pooled connection that the provider has closed meanwhile is tried again once, unseen', async () => {
  const seen: number[] = []
  answer = async (call) => {
    await call.body()
    seen.push(call.connection)
    // The first call of a connection is answered; the second finds it gone, as after an idle time.
    if (seen.filter((connection) => connection === call.connection).length > 1) return call.reset()
    call.send(whole('{}', ['Content-Type: application/json']))
  }
  for (const attempts of [1, 2]) {
    const reply = await ask(weir.url, { path: '/anthropic/v1/messages', body: '{"model":"small"}' })
    expect(reply.status).toBe(200)
    expect((await weir.trace(reply.header('x-weir-trace'))).attempts).toBe(attempts)
  }
})

test('a provider that always resets is tried twice and not more', async () => {
  answer = (call) => call.reset()
  const before = provider.calls.length
  const reply = await ask(weir.url, { path: '/anthropic/v1/messages', body: '{"model":"small"}' })
  expect([reply.status, provider.calls.length - before]).toEqual([502, 2])
})

test('statuses that HTTP does not know, and answers that change protocol, are told as 502', async () => {
  for (const line of [
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade',
    'HTTP/1.1 999 No',
  ]) {
    answer = (call) => {
      call.send(`${line}\r\nContent-Length: 0\r\n\r\n`)
    }
    const reply = await ask(impatient.url, { path: '/anthropic/v1/messages', body: '{}' })
    expect(reply.status).toBe(502)
    expect(String(reply.body)).toContain('hop: provider')
  }
})

test('an answer with headers past all measure is told as 502', async () => {
  answer = (call) => {
    const filler = Array.from({ length: 400 }, (_, at) => `X-Filler-${at}: ${'x'.repeat(2000)}`)
    call.send(whole('{}', filler))
  }
  const reply = await ask(weir.url, { path: '/anthropic/v1/messages', body: '{}' })
  expect(reply.status).toBe(502)
})

test('a stream that ends in good order without its end mark has no clean end either', async () => {
  for (const { dialect, path, body, events, errorMark } of streams) {
    answer = (call) => {
      call.send(chunkedHead())
      // Chat completions are whole with their finish reason: many providers leave [DONE] out.
      call.send(chunk(events.slice(0, dialect === 'openai-chat' ? -2 : -1).join('')))
      call.send(lastChunk)
    }
    const reply = await ask(weir.url, { path, body })
    expect([dialect, reply.ending, String(reply.body).includes(errorMark)]).toEqual([dialect, 'reset', true])
    expect((await weir.trace(reply.header('x-weir-trace'))).outcome).toBe('provider-cut')
  }
})

test('a silent stream is kept alive with comments where they are borne', async () => {
  await using talking = await startWeir({ providers: providersAt(provider.url), keepAliveMs: 200 })
  for (const { dialect, path, body, events } of streams) {
    answer = (call) => {
      call.send(chunkedHead())
      call.send(chunk(events[0] ?? ''))
    }
    const client = await openAsk(talking.url, { path, body })
    if (dialect === 'gemini') {
      await Bun.sleep(600)
      expect(String(client.reply().body)).toBe(events[0] ?? '')
    } else {
      await client.got(': keep-alive\n\n')
      provider.calls.at(-1)?.send(chunk(events.slice(1).join('')))
      provider.calls.at(-1)?.send(lastChunk)
      const reply = await client.ended()
      const trace = await talking.trace(reply.header('x-weir-trace'))
      expect([trace.outcome, trace.sizes.replySent.bytes > trace.sizes.replyReceived.bytes]).toEqual([
        'answered',
        true,
      ])
    }
    client.leave()
  }
})
