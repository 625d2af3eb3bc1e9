import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { median } from '../../src/cli/bench/statistics.ts'
import { openAsk, openClient } from '../support/client.ts'
import {
  chunk,
  chunkedHead,
  createProvider,
  lastChunk,
  type Answer,
  type Provider,
} from '../support/provider.ts'
import { providersAt, streams } from '../support/streams.ts'
import { until } from '../support/until.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** The client leaves: the provider is released at once, or read to the end, and what was said is kept. */
const releasedWithinMs = 50

let answer: Answer
let provider: Provider
let cancelling: Weir
let draining: Weir

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  const providers = providersAt(provider.url)
  cancelling = await startWeir({ providers })
  draining = await startWeir({ providers, whenClientLeaves: 'drain', timeouts: { idleMs: 2000 } })
})

afterAll(async () => {
  await cancelling[Symbol.asyncDispose]()
  await draining[Symbol.asyncDispose]()
  await provider.stop()
})

afterEach(async () => {
  await until('nothing to run any more', async () => (await cancelling.metric('weir_open_exchanges')) === 0)
})

/** A busy machine may keep one of them waiting, and not most. */
async function mostOf(times: number, releasedMs: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let at = 0; at < times; at++) all.push(await releasedMs())
  return median(all)
}

/** The last exchange's trace, whoever still knows its id. */
async function lastTrace(weir: Weir, before: number) {
  const heads = await until('one trace more', async () => {
    const all = await weir.traces()
    return all.length > before ? all : null
  })
  return weir.trace(heads[0]?.id)
}

for (const { dialect, path, body, events } of streams) {
  test(`a client that leaves after any event releases the provider at once, ${dialect}`, async () => {
    let at = 0
    const releasedMs = await mostOf(events.length, async () => {
      const said = events.slice(0, ++at).join('')
      answer = (call) => {
        call.send(chunkedHead())
        call.send(chunk(said))
      }
      const client = await openAsk(cancelling.url, { path, body })
      const { header } = await client.got(said)
      const left = performance.now()
      client.leave()
      const closed = await provider.calls.at(-1)?.closed
      const trace = await cancelling.trace(header('x-weir-trace'))
      // The last one has its end mark: there is nothing that the client did not wait for.
      const outcome = at === events.length ? 'answered' : 'client-left'
      expect([trace.outcome, trace.sizes.replyReceived.bytes]).toEqual([outcome, said.length])
      return (closed ?? Infinity) - left
    })
    expect(releasedMs).toBeLessThan(releasedWithinMs)
  })
}

test('a client that leaves before the headers releases the provider at once', async () => {
  answer = () => {}
  const releasedMs = await mostOf(3, async () => {
    const before = (await cancelling.traces()).length
    const calls = provider.calls.length
    const client = await openAsk(cancelling.url, {
      path: '/openai-chat/v1/models',
      body: '{"model":"small"}',
    })
    const call = await until('the call', () => provider.calls[calls])
    const left = performance.now()
    client.leave()
    const closed = await call.closed
    const trace = await lastTrace(cancelling, before)
    expect([trace.outcome, trace.status]).toEqual(['client-left', 499])
    return closed - left
  })
  expect(releasedMs).toBeLessThan(releasedWithinMs)
})

test('a client that leaves in the middle of its own request releases the provider at once', async () => {
  answer = () => {}
  const releasedMs = await mostOf(3, async () => {
    const before = (await cancelling.traces()).length
    const calls = provider.calls.length
    const client = await openClient(cancelling.url)
    client.send('POST /openai-chat/v1/files HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    client.send(chunk('first'))
    const call = await until('the call', () => provider.calls[calls])
    await until('what came of it', () => call.came().includes('first'))
    const left = performance.now()
    client.leave()
    const closed = await call.closed
    const trace = await lastTrace(cancelling, before)
    expect([trace.outcome, trace.sizes.requestReceived.bytes]).toEqual(['client-left', 5])
    return closed - left
  })
  expect(releasedMs).toBeLessThan(releasedWithinMs)
})

test('a client that leaves before its whole request is here has left, and nothing else', async () => {
  answer = () => {}
  for (const path of ['/openai-chat/v1/chat/completions', '/v1/chat/completions']) {
    for (const framing of ['Content-Length: 90', 'Content-Length: 900000', 'Transfer-Encoding: chunked']) {
      const before = (await cancelling.traces()).length
      const client = await openClient(cancelling.url)
      client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n`)
      client.send(framing.startsWith('C') ? '{"model"' : chunk('{"model"'))
      await until('its start', async () => (await cancelling.metric('weir_open_exchanges')) === 1)
      client.leave()
      const trace = await lastTrace(cancelling, before)
      expect([path, framing, trace.outcome]).toEqual([path, framing, 'client-left'])
    }
  }
  expect(cancelling.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('a client that leaves while it does not read releases the provider at once', async () => {
  answer = async (call) => {
    call.send(chunkedHead())
    while (!call.isClosed()) {
      if (call.waiting() >= 1 << 20) await call.drained()
      call.send(chunk('x'.repeat(1 << 16)))
    }
  }
  const releasedMs = await mostOf(3, async () => {
    const client = await openAsk(cancelling.url, { path: '/openai-chat/v1/chat/completions', body: '{}' })
    await client.headed()
    client.pause()
    const call = provider.calls.at(-1)
    await until('back-pressure', () => (call?.waiting() ?? 0) >= 1 << 20)
    const left = performance.now()
    client.leave()
    return ((await call?.closed) ?? Infinity) - left
  })
  expect(releasedMs).toBeLessThan(releasedWithinMs)
})

test('with drain the answer is read to its end after the client has left', async () => {
  for (const [at, { path, body, events }] of streams.entries()) {
    const release = Promise.withResolvers<void>()
    answer = async (call) => {
      call.send(chunkedHead())
      call.send(chunk(events[0] ?? ''))
      await release.promise
      call.send(chunk(events.slice(1).join('')))
      call.send(lastChunk)
    }
    const client = await openAsk(draining.url, { path, body })
    const { header } = await client.got(events[0] ?? '')
    client.leave()
    await Bun.sleep(20)
    expect(provider.calls.at(-1)?.isClosed()).toBe(false)
    release.resolve()
    const trace = await draining.trace(header('x-weir-trace'))
    expect([at, trace.outcome, trace.sizes.replyReceived.bytes]).toEqual([
      at,
      'answered',
      Buffer.byteLength(events.join('')),
    ])
    expect(trace.sizes.replySent.bytes).toBe(Buffer.byteLength(events[0] ?? ''))
  }
})

test('with drain a provider that falls silent is still given up', async () => {
  answer = (call) => {
    call.send(chunkedHead())
    call.send(chunk('data: 1\n\n'))
  }
  const client = await openAsk(draining.url, { path: '/openai-chat/v1/chat/completions', body: '{}' })
  const { header } = await client.got('data: 1\n\n')
  client.leave()
  await Bun.sleep(20)
  provider.calls.at(-1)?.send(chunk('data: 2\n\n'))
  expect((await draining.trace(header('x-weir-trace'))).outcome).toBe('timed-out')
  expect(await provider.calls.at(-1)?.closed).toBeNumber()
})

test('with drain a client that leaves while it does not read does not stop the reading', async () => {
  const parts = 600
  answer = async (call) => {
    call.send(chunkedHead())
    for (let part = 0; part < parts; part++) {
      if (call.waiting() >= 1 << 20) await call.drained()
      call.send(chunk('x'.repeat(1 << 16)))
    }
    call.send(lastChunk)
  }
  const client = await openAsk(draining.url, { path: '/openai-chat/v1/files', body: '{}' })
  const { header } = await client.headed()
  client.pause()
  await until('back-pressure', () => (provider.calls.at(-1)?.waiting() ?? 0) >= 1 << 20)
  client.leave()
  const trace = await draining.trace(header('x-weir-trace'))
  const { replyReceived, replySent } = trace.sizes
  expect([trace.outcome, replyReceived.bytes]).toEqual(['answered', parts << 16])
  expect(replySent.bytes).toBeLessThan(replyReceived.bytes)
})

test('a client that takes nothing for too long is cut, and the provider released', async () => {
  await using impatient = await startWeir({
    providers: providersAt(provider.url),
    timeouts: { clientIdleMs: 300 },
  })
  answer = async (call) => {
    call.send(chunkedHead())
    while (!call.isClosed()) {
      if (call.waiting() >= 1 << 20) await call.drained()
      call.send(chunk(`data: ${'x'.repeat(1 << 16)}\n\n`))
    }
  }
  const client = await openAsk(impatient.url, { path: '/openai-chat/v1/chat/completions', body: '{}' })
  const { header } = await client.headed()
  client.pause()
  await provider.calls.at(-1)?.closed
  const trace = await impatient.trace(header('x-weir-trace'))
  expect([trace.outcome, trace.detail]).toEqual([
    'client-left',
    'The client took nothing of its answer for 0.3 s',
  ])
  expect(trace.sizes.replySent.bytes).toBeLessThan(trace.sizes.replyReceived.bytes)
  expect(await impatient.metric('weir_open_exchanges')).toBe(0)
  client.resume()
  expect((await client.ended()).ending).toBe('reset')
})

test('a client that reads slowly, but reads, is not cut', async () => {
  // Each pause is far from the limit, even where a machine is busy; all of them together are past it.
  const [limitMs, pauseMs, pauses] = [2000, 500, 5]
  await using impatient = await startWeir({
    providers: providersAt(provider.url),
    timeouts: { clientIdleMs: limitMs },
  })
  // Far more than it reads (10 MiB) and all sockets on the way hold (16 MiB seen), so that in each pause Weir waits for it.
  const parts = 800
  answer = async (call) => {
    call.send(chunkedHead('application/octet-stream'))
    for (let part = 0; part < parts; part++) {
      if (call.waiting() >= 1 << 20) await call.drained()
      call.send(chunk('x'.repeat(1 << 16)))
    }
    call.send(lastChunk)
  }
  const client = await openAsk(impatient.url, { path: '/openai-chat/v1/files', body: '{}' })
  const { header } = await client.headed()
  for (let pause = 0; pause < pauses; pause++) {
    client.pause()
    await until('back-pressure', () => (provider.calls.at(-1)?.waiting() ?? 0) > 0)
    await Bun.sleep(pauseMs)
    await client.read(2 << 20)
  }
  client.resume()
  expect((await client.ended()).ending).toBe('clean')
  expect((await impatient.trace(header('x-weir-trace'))).outcome).toBe('answered')
}, 30_000)
