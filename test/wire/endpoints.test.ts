import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ask } from '../support/client.ts'
import { createProvider, whole, type Provider } from '../support/provider.ts'
import { dataOnly, named } from '../support/streams/told.ts'
import { startWeir, type Weir } from '../support/weir.ts'

/** Endpoints of no dialect: what is told of each of them in its trace, on the way it really takes. */
let provider: Provider
let weir: Weir

const sound = Uint8Array.from({ length: 3000 }, (_, at) => (at * 31) % 256)
const sha = (bytes: Uint8Array | string) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')

type Answered = { readonly type: string; readonly body: string | Uint8Array }
const json = (body: unknown): Answered => ({ type: 'application/json', body: JSON.stringify(body) })
const events = (body: string): Answered => ({ type: 'text/event-stream', body })

const answers: Readonly<Record<string, Answered>> = {
  '/v1/embeddings': json({
    object: 'list',
    model: 'embed-2',
    data: [],
    usage: { prompt_tokens: 7, total_tokens: 7 },
  }),
  '/v1/messages/count_tokens': json({ input_tokens: 12 }),
  '/v1/moderations': json({ id: 'm', model: 'judge-2', results: [] }),
  '/v1/rerank': json({ model: 'rerank-2', results: [], usage: { total_tokens: 9 } }),
  '/v1/audio/speech': { type: 'audio/mpeg', body: sound },
  '/v1/audio/transcriptions': events(
    named(
      { type: 'transcript.text.delta', delta: 'Hel' },
      { type: 'transcript.text.done', text: 'Hello', usage: { input_tokens: 5, output_tokens: 1 } },
    ),
  ),
  '/v1/audio/translations': { type: 'text/plain', body: 'Hello\n' },
  '/v1/images/generations': events(
    named(
      { type: 'image_generation.partial_image', b64_json: 'QQ', partial_image_index: 0 },
      {
        type: 'image_generation.completed',
        b64_json: 'QUI',
        created_at: 3,
        usage: { input_tokens: 5, output_tokens: 90 },
      },
    ),
  ),
  '/v1/completions': events(
    dataOnly(
      { object: 'text_completion', model: 'old-1', choices: [{ index: 0, text: 'On' }] },
      { object: 'text_completion', choices: [{ index: 0, text: 'ce', finish_reason: 'stop' }] },
      '[DONE]',
    ),
  ),
  '/v1/batches/b1': json({ object: 'batch', status: 'failed', errors: { data: [{ code: 'x' }] } }),
  '/v1/files/f1/content': { type: 'application/octet-stream', body: '{"a":1}\n{"a":2}\n' },
  '/v1/vector_stores': json({ object: 'vector_store', id: 'vs' }),
  '/v1/responses/resp_1': events(
    named(
      {
        type: 'response.output_text.delta',
        sequence_number: 41,
        output_index: 0,
        content_index: 0,
        delta: 'lo',
      },
      {
        type: 'response.completed',
        response: {
          object: 'response',
          model: 'wide',
          output: [],
          usage: { input_tokens: 3, output_tokens: 4 },
        },
      },
    ),
  ),
}

beforeAll(async () => {
  provider = await createProvider(async (call) => {
    await call.body()
    const [path = ''] = call.target.split('?')
    const { type, body } = answers[path] ?? json({})
    call.send(whole(body, [`Content-Type: ${type}`]))
  })
  weir = await startWeir({
    providers: { fake: { dialect: ['openai-chat', 'anthropic', 'openai-responses'], url: provider.url } },
  })
})

afterAll(async () => {
  await weir[Symbol.asyncDispose]()
  await provider.stop()
})

async function traceOf(path: string, body?: string | Uint8Array, type = 'application/json') {
  const reply = await ask(weir.url, {
    path: `/fake${path}`,
    method: body === undefined ? 'GET' : 'POST',
    ...(body !== undefined && { body, headers: [`Content-Type: ${type}`] }),
  })
  return weir.trace(reply.header('x-weir-trace'))
}

test('embeddings, moderations, rankings: the model asked for, the one that answered, and the count', async () => {
  expect(await traceOf('/v1/embeddings', '{"model":"embed","input":"a"}')).toMatchObject({
    outcome: 'answered',
    model: 'embed',
    answer: { model: 'embed-2' },
    usage: { input: 7 },
    reply: { object: 'list' },
  })
  expect(await traceOf('/v1/moderations', '{"model":"judge","input":"a"}')).toMatchObject({
    model: 'judge',
    answer: { model: 'judge-2' },
  })
  expect(await traceOf('/v1/rerank', '{"model":"rerank","query":"a"}')).toMatchObject({
    model: 'rerank',
    answer: { model: 'rerank-2' },
  })
})

test('tokens that are only counted were not used', async () => {
  expect(await traceOf('/v1/messages/count_tokens', '{"model":"wise","messages":[]}')).toMatchObject({
    model: 'wise',
    usage: null,
    reply: { input_tokens: 12 },
  })
})

test('speech: the sound is a reference to what it was', async () => {
  const trace = await traceOf('/v1/audio/speech', '{"model":"tts","input":"a","voice":"x"}')
  expect(trace).toMatchObject({
    model: 'tts',
    reply: { kind: 'binary', contentType: 'audio/mpeg', bytes: sound.length, sha256: sha(sound) },
  })
  expect(new Uint8Array((await weir.bytes(trace.id)).reply)).toEqual(sound)
})

test('an upload is told by its parts, and its answer is put together', async () => {
  const form = new FormData()
  form.append('model', 'whisper')
  form.append('stream', 'true')
  form.append('file', new File([sound], 'a.mp3', { type: 'audio/mpeg' }))
  const request = new Request('http://x', { method: 'POST', body: form })
  const type = request.headers.get('content-type') ?? ''
  const upload = await request.bytes()
  const trace = await traceOf('/v1/audio/transcriptions', upload, type)
  expect(trace).toMatchObject({
    model: 'whisper',
    stream: true,
    usage: { input: 5, output: 1 },
    reply: { text: 'Hello' },
    request: {
      kind: 'multipart',
      parts: [
        { name: 'model', text: 'whisper' },
        { name: 'stream', text: 'true' },
        {
          name: 'file',
          fileName: 'a.mp3',
          contentType: 'audio/mpeg',
          bytes: sound.length,
          sha256: sha(sound),
        },
      ],
    },
  })
  expect(await traceOf('/v1/audio/translations', upload, type)).toMatchObject({
    reply: 'Hello\n',
    answer: null,
  })
})

test('pictures and legacy completions that are streamed have the shape of those that are not', async () => {
  expect(await traceOf('/v1/images/generations', '{"model":"draw","stream":true}')).toMatchObject({
    model: 'draw',
    stream: true,
    usage: { input: 5, output: 90 },
    reply: { created: 3, data: [{ b64_json: 'QUI' }] },
  })
  expect(await traceOf('/v1/completions', '{"model":"old","stream":true}')).toMatchObject({
    answer: { model: 'old-1', ending: 'complete' },
    reply: { object: 'text_completion', choices: [{ index: 0, text: 'Once', finish_reason: 'stop' }] },
  })
})

test('batches, files and stores are what they are', async () => {
  expect(await traceOf('/v1/batches/b1')).toMatchObject({
    outcome: 'answered',
    reply: { status: 'failed' },
    usage: null,
  })
  expect(await traceOf('/v1/files/f1/content')).toMatchObject({ reply: '{"a":1}\n{"a":2}\n' })
  expect(await traceOf('/v1/vector_stores', '{}')).toMatchObject({ model: null, reply: { id: 'vs' } })
})

test('a response that is taken up again is read as one, with its count', async () => {
  const trace = await traceOf('/v1/responses/resp_1?stream=true&starting_after=40')
  expect(trace).toMatchObject({
    usage: { input: 3, output: 4 },
    reply: { object: 'response' },
    answer: { model: 'wide', ending: 'complete' },
  })
})

test('a WebSocket is refused with a reason, and the provider is not bothered', async () => {
  const before = provider.calls.length
  const reply = await ask(weir.url, {
    path: '/fake/v1/realtime?model=live',
    method: 'GET',
    headers: [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ],
  })
  expect(reply.status).toBe(400)
  expect(reply.body.toString()).toContain('WebSockets')
  expect(provider.calls.length).toBe(before)
  expect(await weir.trace(reply.header('x-weir-trace'))).toMatchObject({ outcome: 'refused', status: 400 })
})
