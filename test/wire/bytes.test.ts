import { afterAll, beforeAll, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { ask } from '../support/client.ts'
import { chunk, chunkedHead, createProvider, lastChunk, whole, type Provider } from '../support/provider.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** What the provider sent is what the client gets, wherever the network cuts it. */
const events =
  ': a comment with an umlaut: \u00fc\r\n\r\n' +
  'data: {"choices":[{"index":0,"delta":{"content":"\u{1f600}\u{10348}\u20ac"}}]}\r\n\r\n' +
  'event: unknown\ndata: {"is":"passed"}\n\n' +
  'data: {"choices":[{"index":0,"delta":{"content":"end"},"finish_reason":"stop"}]}\n\n' +
  'data: [DONE]\n\n'
const plain = Buffer.from(events)
const packed = gzipSync(plain)

let provider: Provider
let weir: Weir

/** Says in its target what it is to send: encoding and the place of the cut. */
beforeAll(async () => {
  provider = await createProvider(async (call) => {
    await call.body()
    const query = new URLSearchParams(call.target.split('?')[1])
    const bytes = query.get('as') === 'gzip' ? packed : plain
    const cuts = query.get('cut') === 'all' ? bytes.keys() : [0, Number(query.get('cut'))]
    const places = [...cuts, bytes.length]
    call.send(chunkedHead('text/event-stream', query.get('as') === 'gzip' ? ['Content-Encoding: gzip'] : []))
    for (const [at, place] of places.entries()) {
      const part = bytes.subarray(place, places[at + 1])
      if (part.length > 0) call.send(chunk(part))
      // A turn of the loop apart, so that the parts are reads of their own.
      await new Promise(setImmediate)
    }
    call.send(lastChunk)
  })
  const fake = { dialect: 'openai-chat', url: provider.url, models: ['small'] }
  weir = await startWeir({ providers: { fake } })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

const ways = [
  { name: 'through a provider path', path: '/fake/v1/chat/completions', model: 'small' },
  { name: 'by model', path: '/v1/chat/completions', model: 'fake/small' },
] as const

for (const { name, path, model } of ways) {
  const body = JSON.stringify({ model, stream: true })

  async function passes(as: 'plain' | 'gzip', cut: number | 'all'): Promise<string | undefined> {
    const reply = await ask(weir.url, { path: `${path}?as=${as}&cut=${cut}`, body })
    expect(reply.ending).toBe('clean')
    expect(reply.body.equals(as === 'gzip' ? packed : plain)).toBe(true)
    return reply.header('x-weir-trace')
  }

  test(`a stream cut at every place comes byte for byte, ${name}`, async () => {
    await Promise.all(plain.keys().map((cut) => passes('plain', cut)))
  }, 20_000)

  test(`a compressed stream cut at every place comes byte for byte, ${name}`, async () => {
    await Promise.all(packed.keys().map((cut) => passes('gzip', cut)))
  }, 20_000)

  test(`a stream that comes byte by byte comes byte for byte and is rebuilt, ${name}`, async () => {
    for (const as of ['plain', 'gzip'] as const) {
      const trace = await weir.trace(await passes(as, 'all'))
      expect(trace.outcome).toBe('answered')
      expect(JSON.stringify(trace.reply)).toContain('\u{1f600}\u{10348}\u20acend')
      expect(trace.sizes.replySent).toEqual(trace.sizes.replyReceived)
    }
  })
}

test('JSON with four-byte characters comes byte for byte whatever its length', async () => {
  const answers: Provider = await createProvider(async (call) => {
    const length = Number(call.target.split('=')[1])
    call.send(whole('\u{1f600}'.repeat(length / 4), ['Content-Type: application/json']))
  })
  await using other = await startWeir({ providers: { fake: { dialect: 'openai-chat', url: answers.url } } })
  for (const length of [0, 4, 65_536, (1 << 20) - 4, 1 << 20, (1 << 20) + 4, 5 << 20]) {
    const reply = await ask(other.url, { path: `/fake/v1/files?length=${length}` })
    expect(reply.ending).toBe('clean')
    expect(reply.body.equals(Buffer.from('\u{1f600}'.repeat(length / 4)))).toBe(true)
  }
  await answers.stop()
})
