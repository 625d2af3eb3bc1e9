import { expect, test } from 'bun:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Reply } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { createRebuild } from '../../../src/merge/rebuild.ts'
import type { RebuildOf } from '../../../src/merge/rebuild.ts'
import { bytesOf, inSteps } from '../../support/cuts.ts'
import { anthropicStreams } from '../../support/streams/anthropic.ts'
import { geminiStreams } from '../../support/streams/gemini.ts'

const { anthropic, gemini } = dialects
const events: RebuildOf = {
  dialect: anthropic,
  status: 200,
  contentType: 'text/event-stream; charset=utf-8',
  contentEncoding: '',
  mostBytes: 100_000,
}
const json: RebuildOf = { ...events, contentType: 'application/json' }
const stream = bytesOf(anthropicStreams[0]?.text ?? '')
const message = { type: 'message', model: 'wise', content: [], usage: { input_tokens: 3, output_tokens: 2 } }

/** Whole and byte by byte the reply is the same. */
function rebuild(of: RebuildOf, bytes: Uint8Array): Reply | null {
  const [whole, bytewise] = [[bytes], [...inSteps(bytes, 1)]].map((pieces) => {
    const rebuilding = createRebuild(of)
    for (const piece of pieces) rebuilding.feed(piece)
    return rebuilding.finish()
  })
  expect(bytewise).toEqual(whole)
  return whole ?? null
}

test('an event stream is merged, whatever its content type says of JSON or text', () => {
  const reply = rebuild(events, stream)
  expect(reply).toMatchObject({ ending: 'complete', model: 'wise' })
  expect(rebuild(json, stream)).toEqual(reply)
  expect(rebuild({ ...events, contentType: 'text/plain' }, stream)).toEqual(reply)
  expect(rebuild({ ...events, contentType: '' }, stream)).toEqual(reply)
})

test('JSON is read whole, with its model and usage', () => {
  const reply = rebuild(json, bytesOf(`\uFEFF ${JSON.stringify(message)}\n`))
  expect(reply).toMatchObject({ body: message, ending: 'complete', model: 'wise', error: null })
  expect(reply?.usage).toMatchObject({ input: 3, output: 2 })
})

test('JSON with an error in it and a good status is an error', () => {
  const reply = rebuild(json, bytesOf('{"type":"error","error":{"type":"api_error"}}'))
  expect(reply).toMatchObject({ ending: 'error', error: { type: 'api_error' } })
})

test('JSON with a bad status is told whole: its status has said that it is an error', () => {
  for (const of of [json, events]) {
    const reply = rebuild({ ...of, status: 429 }, bytesOf('{"error":{"type":"rate_limit_error"}}'))
    expect(reply).toMatchObject({
      body: { error: { type: 'rate_limit_error' } },
      ending: 'complete',
      error: null,
    })
  }
})

test('JSON of no dialect is read for what it is', () => {
  const reply = rebuild(
    { ...json, dialect: null, contentType: 'application/vnd.api+json' },
    bytesOf('{"data":[1]}'),
  )
  expect(reply).toEqual({
    body: { data: [1] },
    ending: 'complete',
    model: null,
    usage: null,
    error: null,
    unknownEvents: {},
  })
})

test('an answer of no dialect tells its model and its counts all the same', () => {
  const body = { object: 'list', model: 'small', data: [], usage: { prompt_tokens: 8, total_tokens: 8 } }
  expect(rebuild({ ...json, dialect: null }, bytesOf(JSON.stringify(body)))).toMatchObject({
    model: 'small',
    usage: { input: 8, output: 0 },
  })
})

test('what is neither events nor JSON makes no reply', () => {
  expect(rebuild({ ...events, contentType: 'audio/mpeg' }, stream)).toBeNull()
  expect(
    rebuild({ ...events, dialect: null, contentType: 'text/plain' }, bytesOf('WEBVTT\n\n1\nHello\n')),
  ).toBeNull()
  expect(rebuild(json, bytesOf('{"type":'))).toBeNull()
  expect(rebuild(json, bytesOf(' \r\n'))).toBeNull()
  expect(rebuild(json, new Uint8Array(0))).toBeNull()
})

test('an answer whose path names no dialect is read by what it says', () => {
  const wanted = rebuild(events, stream)
  expect(rebuild({ ...events, dialect: null }, stream)).toEqual(wanted)
  const whole = bytesOf(JSON.stringify(message))
  expect(rebuild({ ...json, dialect: null }, whole)).toEqual(rebuild(json, whole))
  const unknown = rebuild({ ...events, dialect: null }, bytesOf('data: {"weather":"fine","model":"sky"}\n\n'))
  expect(unknown).toMatchObject({
    body: undefined,
    ending: 'complete',
    model: 'sky',
    unknownEvents: { untyped: 1 },
  })
})

test('a file that inflates to a compressed one is inflated once: some inflate to themselves', () => {
  expect(rebuild(events, gzipSync(gzipSync(stream)))).toMatchObject({ body: null, ending: 'cut' })
})

test('an array of chunks makes the reply that its event stream makes', () => {
  for (const { text } of geminiStreams) {
    const chunks = [...text.matchAll(/^data: (.*)$/gm)].map(([, chunk]) => (chunk ?? '').trim())
    const lines = `${chunks.map((chunk) => `data: ${chunk}`).join('\r\n\r\n')}\r\n\r\n`
    const wanted = rebuild({ ...events, dialect: gemini }, bytesOf(lines))
    expect(rebuild({ ...json, dialect: gemini }, bytesOf(`[${chunks.join('\r\n,\r\n')}\r\n]`))).toEqual(
      wanted,
    )
  }
})

test('an array that breaks off is cut, even if every candidate had its reason', () => {
  const chunk = '{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}'
  expect(rebuild({ ...json, dialect: gemini }, bytesOf(`[${chunk}]`))?.ending).toBe('complete')
  expect(rebuild({ ...json, dialect: gemini }, bytesOf(`[${chunk},`))?.ending).toBe('cut')
})

test('an array of one error with a bad status is read whole', () => {
  const body = [{ error: { code: 400 } }]
  expect(rebuild({ ...json, dialect: gemini, status: 400 }, bytesOf(JSON.stringify(body)))?.body).toEqual(
    body,
  )
})

test('compressed answers are inflated, with one encoding or two, or with none told', () => {
  const reply = rebuild(events, stream)
  const packed = gzipSync(stream)
  expect(rebuild({ ...events, contentEncoding: 'gzip' }, packed)).toEqual(reply)
  expect(rebuild({ ...events, contentEncoding: 'gzip, br' }, brotliCompressSync(packed))).toEqual(reply)
  expect(rebuild(events, packed)).toEqual(reply)
  expect(rebuild({ ...events, contentEncoding: 'identity' }, stream)).toEqual(reply)
  const whole = rebuild({ ...json, contentEncoding: 'gzip' }, gzipSync(JSON.stringify(message)))
  expect(whole).toMatchObject({ body: message, ending: 'complete' })
})

test('a compressed stream that breaks off gives what had come, and is cut', () => {
  const packed = gzipSync(stream)
  const reply = rebuild({ ...events, contentEncoding: 'gzip' }, packed.subarray(0, packed.length - 60))
  expect(reply).toMatchObject({ ending: 'cut', model: 'wise' })
})

test('bytes in an encoding that is not theirs make no reply', () => {
  expect(rebuild({ ...events, contentEncoding: 'br' }, gzipSync(stream))).toBeNull()
  expect(rebuild({ ...events, contentEncoding: 'lzma' }, stream)).toBeNull()
})

test('an answer of just the bound is read, a longer one counts as cut', () => {
  const body = bytesOf(JSON.stringify(message))
  expect(rebuild({ ...json, mostBytes: body.length }, body)?.ending).toBe('complete')
  expect(rebuild({ ...json, mostBytes: body.length - 1 }, body)).toBeNull()
  expect(rebuild({ ...events, mostBytes: stream.length }, stream)?.ending).toBe('complete')
  expect(rebuild({ ...events, mostBytes: stream.length - 20 }, stream)).toMatchObject({
    ending: 'cut',
    model: 'wise',
  })
})

test('on a connection known to have broken only a real end mark makes a stream complete', () => {
  const finish = (of: RebuildOf, text: string) => {
    const rebuilding = createRebuild(of)
    rebuilding.feed(bytesOf(text))
    return rebuilding.finish('torn')?.ending
  }
  const chunk = 'data: {"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}\r\n\r\n'
  expect(finish({ ...events, dialect: gemini }, chunk)).toBe('cut')
  expect(finish(events, anthropicStreams[0]?.text ?? '')).toBe('complete')
})

test('100,000 events make one reply, in time that grows with their number', () => {
  const rebuilding = createRebuild({ ...events, mostBytes: 1 << 30 })
  const event = bytesOf(
    'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"four"}}\n\n',
  )
  const startedAt = performance.now()
  for (let count = 0; count < 100_000; count++) rebuilding.feed(event)
  expect(JSON.stringify(rebuilding.finish()?.body).length).toBeGreaterThan(400_000)
  // It takes about 100 ms; copying the text with each event would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})
