import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ask, openAsk } from '../support/client.ts'
import {
  chunk,
  chunkedHead,
  createProvider,
  lastChunk,
  whole,
  type Answer,
  type Provider,
} from '../support/provider.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Usage that the client did not ask for: asked for on the way out, kept, and not shown on the way back. */
let answer: Answer
let provider: Provider
let weir: Weir

beforeAll(async () => {
  provider = await createProvider((call, number) => answer(call, number))
  const fake = { dialect: 'openai-chat', url: provider.url, models: ['gpt-4o-mini'], includeUsage: true }
  weir = await startWeir({ providers: { openai: { url: provider.url, includeUsage: true }, fake } })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

const path = '/openai/v1/chat/completions'
const request = '{"model":"gpt-4o-mini","stream":true,"messages":[]}'
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`
const told = (text: string, reason: string | null) =>
  event({
    model: 'gpt-4o-mini',
    choices: [{ index: 0, delta: { content: text }, finish_reason: reason }],
    usage: null,
  })
const answered = told('Two 🙂 ', null) + told('metres', 'stop')
const counted = event({
  model: 'gpt-4o-mini',
  choices: [],
  usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
})
const end = 'data: [DONE]\n\n'
const stream = Buffer.from(answered + counted + end)
const shaOf = (text: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(text).digest('hex')

function streamed(cut: number): Answer {
  return async (call) => {
    await call.body()
    call.send(chunkedHead())
    call.send(chunk(stream.subarray(0, cut)))
    await Bun.sleep(2)
    call.send(chunk(stream.subarray(cut)))
    call.send(lastChunk)
  }
}

test('the provider is asked for usage, the client is shown what it asked for, and the trace has both', async () => {
  const places = [1, answered.length - 3, answered.length + 3, Buffer.byteLength(answered) + 20]
  for (const cut of [...places, Buffer.byteLength(answered + counted) - 1, stream.length - 4]) {
    answer = streamed(cut)
    const reply = await ask(weir.url, { path, body: request, headers: ['Accept-Encoding: gzip'] })
    expect([reply.status, reply.body.toString(), reply.ending]).toEqual([200, answered + end, 'clean'])
    const sent = String(await provider.calls.at(-1)?.body())
    expect(sent).toBe(`{"stream_options":{"include_usage":true},${request.slice(1)}`)
    expect(provider.calls.at(-1)?.header('accept-encoding')).toBe('identity')
    const trace = await weir.trace(reply.header('x-weir-trace'))
    expect(trace).toMatchObject({
      outcome: 'answered',
      usage: { input: 1000, output: 100 },
      cost: { total: '0.00021', estimated: false, complete: true },
      sizes: {
        requestReceived: { sha256: shaOf(request) },
        requestSent: { sha256: shaOf(sent) },
        replyReceived: { bytes: stream.length, sha256: shaOf(stream) },
        replySent: { bytes: Buffer.byteLength(answered + end), sha256: shaOf(answered + end) },
      },
    })
  }
})

test('a client that asks itself gets its event, and its request goes as it is', async () => {
  answer = streamed(10)
  const body = '{"model":"gpt-4o-mini","stream":true,"stream_options":{"include_usage":true}}'
  const reply = await ask(weir.url, { path, body })
  expect(reply.body.toString()).toBe(stream.toString())
  expect(String(await provider.calls.at(-1)?.body())).toBe(body)
})

test('by model, the name and the question are one change of the request', async () => {
  answer = streamed(10)
  const body = request.replace('gpt-4o-mini', 'fake/gpt-4o-mini')
  const reply = await ask(weir.url, { path: '/v1/chat/completions', body })
  expect(reply.body.toString()).toBe(answered + end)
  const sent = String(await provider.calls.at(-1)?.body())
  expect(sent).toBe(
    '{"model":"gpt-4o-mini","stream_options":{"include_usage":true},"stream":true,"messages":[]}',
  )
  const trace = await weir.trace(reply.header('x-weir-trace'))
  expect(trace.sizes.requestSent).toEqual({ bytes: sent.length, sha256: shaOf(sent) })
})

test('an answer of known length loses its length with what is hidden', async () => {
  answer = async (call) => {
    await call.body()
    call.send(whole(stream, ['Content-Type: text/event-stream']))
  }
  const reply = await ask(weir.url, { path, body: request })
  expect([reply.body.toString(), reply.ending]).toEqual([answered + end, 'clean'])
})

test('what is no stream, and what is refused, passes as it is', async () => {
  const refusal = '{"error":{"message":"no"},"choices":[],"usage":{}}'
  answer = async (call) => {
    await call.body()
    call.send(whole(refusal, ['Content-Type: application/json'], '400 Bad Request'))
  }
  const reply = await ask(weir.url, { path, body: request })
  expect([reply.status, reply.body.toString(), reply.headers('content-length')]).toEqual([
    400,
    refusal,
    [String(refusal.length)],
  ])
})

test('an answer that breaks off shows what had come of it, half an event too, and then says so', async () => {
  const first = told('Two', null)
  const half = 'data: {"choices":['
  const seen = Promise.withResolvers<void>()
  answer = async (call) => {
    await call.body()
    call.send(chunkedHead())
    call.send(chunk(first + half))
    await seen.promise
    call.reset()
  }
  const client = await openAsk(weir.url, { path, body: request })
  // Half an event waits for its end.
  expect((await client.got(first)).body.toString()).toBe(first)
  seen.resolve()
  const reply = await client.ended()
  expect(reply.body.toString()).toStartWith(`${first}${half}\n\ndata: {"error"`)
  expect(reply.ending).toBe('reset')
  const trace = await weir.trace(reply.header('x-weir-trace'))
  expect(trace.sizes.replySent).toEqual({ bytes: reply.body.length, sha256: shaOf(reply.body) })
  expect(trace.cost).toMatchObject({ estimated: true })
})
