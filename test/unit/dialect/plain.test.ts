import { expect, test } from 'bun:test'
import type { Reply } from '../../../src/dialect/dialect.ts'
import { createPlainMerge, plainWhole } from '../../../src/dialect/plain.ts'
import { createSseReader } from '../../../src/wire/sse.ts'
import { bytesOf } from '../../support/cuts.ts'
import { dataOnly, named } from '../../support/streams/told.ts'

/** Streams of endpoints that have no dialect, against the shape their answers have without streaming. */
function merge(text: string): Reply {
  const merging = createPlainMerge()
  const reader = createSseReader(merging.add)
  reader.feed(bytesOf(text))
  return merging.finish(reader.finish() ? undefined : 'torn')
}

const top = { id: 'cmpl-1', object: 'text_completion', created: 5, model: 'older' }

test('a legacy completion: the text of each choice grows, its odds are appended, counts and reasons stand', () => {
  const text = dataOnly(
    {
      ...top,
      choices: [
        { text: 'On', index: 0, logprobs: { tokens: ['On'], token_logprobs: [-1] }, finish_reason: null },
      ],
    },
    { ...top, choices: [{ text: 'B', index: 1, logprobs: null, finish_reason: null }] },
    {
      ...top,
      choices: [
        { text: 'ce', index: 0, logprobs: { tokens: ['ce'], token_logprobs: [-2] }, finish_reason: null },
      ],
    },
    { ...top, choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }] },
    {
      ...top,
      choices: [{ text: '', index: 1, finish_reason: 'length' }],
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    },
  )
  const reply = merge(text)
  expect(reply).toMatchObject({
    ending: 'complete',
    model: 'older',
    usage: { input: 3, output: 2 },
    unknownEvents: {},
  })
  expect(reply.body).toEqual({
    ...top,
    choices: [
      {
        text: 'Once',
        index: 0,
        logprobs: { tokens: ['On', 'ce'], token_logprobs: [-1, -2] },
        finish_reason: 'stop',
      },
      { text: 'B', index: 1, logprobs: null, finish_reason: 'length' },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  })
  const first = text.slice(0, text.indexOf('\n\n') + 2)
  expect(merge(first).ending).toBe('cut')
  expect(merge(first + dataOnly('[DONE]')).ending).toBe('complete')
})

const deltas = [
  { type: 'transcript.text.delta', delta: 'Hel', logprobs: [{ token: 'Hel' }] },
  { type: 'transcript.text.delta', delta: 'lo', logprobs: [{ token: 'lo' }] },
]

test('a transcription is what its last event says, or what had come of it', () => {
  const usage = { type: 'tokens', input_tokens: 9, output_tokens: 2, total_tokens: 11 }
  const done = { type: 'transcript.text.done', text: 'Hello', logprobs: [{ token: 'Hello' }], usage }
  expect(merge(named(...deltas, done))).toMatchObject({
    body: { text: 'Hello', logprobs: [{ token: 'Hello' }], usage },
    ending: 'complete',
    usage: { input: 9, output: 2 },
  })
  expect(merge(named(...deltas))).toMatchObject({
    body: { text: 'Hello', logprobs: [{ token: 'Hel' }, { token: 'lo' }] },
    ending: 'cut',
  })
})

test('segments of a transcription are a list', () => {
  const segment = {
    type: 'transcript.text.segment',
    id: 's',
    start: 0,
    end: 1.5,
    text: 'Hello',
    speaker: 'A',
  }
  const done = { type: 'transcript.text.done', text: 'Hello' }
  const { type: _type, ...told } = segment
  expect(merge(named(segment, ...deltas, done)).body).toMatchObject({ text: 'Hello', segments: [told] })
})

test('speech told bit by bit is one piece of audio, with its counts', () => {
  const reply = merge(
    named(
      { type: 'speech.audio.delta', audio: 'QUJD' },
      { type: 'speech.audio.delta', audio: 'REVG' },
      { type: 'speech.audio.done', usage: { input_tokens: 4, output_tokens: 40, total_tokens: 44 } },
    ),
  )
  expect(reply).toMatchObject({
    body: { audio: 'QUJDREVG' },
    ending: 'complete',
    usage: { input: 4, output: 40 },
  })
})

test('pictures are a list, and those in the making are kept only if no other came', () => {
  const shape = { size: '1024x1024', quality: 'low', output_format: 'png' }
  const partial = {
    type: 'image_generation.partial_image',
    b64_json: 'QQ',
    partial_image_index: 0,
    created_at: 4,
    ...shape,
  }
  const usage = { input_tokens: 5, output_tokens: 100, total_tokens: 105 }
  const completed = { type: 'image_generation.completed', b64_json: 'QUI', created_at: 5, ...shape, usage }
  expect(merge(named(partial, completed))).toMatchObject({
    ending: 'complete',
    usage: { input: 5, output: 100 },
  })
  expect(merge(named(partial, completed)).body).toEqual({
    created: 5,
    ...shape,
    usage,
    data: [{ b64_json: 'QUI' }],
  })
  const { type: _type, ...told } = partial
  expect(merge(named(partial))).toMatchObject({ body: { partial_images: [told] }, ending: 'cut' })
})

test('events nobody knows are counted; model and usage are read in them, and the bytes stand for the answer', () => {
  const reply = merge(
    dataOnly({ type: 'weather.report', model: 'sky', usage: { prompt_tokens: 2 } }, { a: 1 }, 'no json', {
      model: null,
    }),
  )
  expect(reply).toEqual({
    body: undefined,
    ending: 'complete',
    model: 'sky',
    usage: { input: 2, cachedInput: null, cacheWrite: null, output: null, reasoning: null },
    error: null,
    unknownEvents: { 'weather.report': 1, untyped: 2, unreadable: 1 },
  })
})

test('an error ends it, and what came before it is kept', () => {
  const error = { type: 'server_error', message: 'no' }
  expect(merge(named(deltas[0] ?? { type: '' }, { type: 'error', error }))).toMatchObject({
    ending: 'error',
    error,
    body: { text: 'Hel' },
  })
  const flat = { type: 'error', code: 'x' }
  expect(merge(named(flat))).toMatchObject({ ending: 'error', error: flat })
})

test('values of the wrong kind are kept or counted, never thrown', () => {
  for (const odd of [null, 1, [], {}, [null], 'x'])
    expect(() =>
      merge(
        dataOnly({ choices: odd }, { choices: [odd, { text: odd, index: odd }] }) +
          named(
            { type: 'a.delta', delta: odd },
            { type: 'b.done', b64_json: odd, a: odd },
            { type: 'delta', delta: odd },
          ),
      ),
    ).not.toThrow()
})

test('an answer that came whole has its model and its counts, whatever they are called', () => {
  expect(
    plainWhole({ object: 'list', model: 'embed', data: [], usage: { prompt_tokens: 7, total_tokens: 7 } }),
  ).toMatchObject({
    model: 'embed',
    usage: { input: 7 },
    ending: 'complete',
  })
  expect(plainWhole({ text: 'Hello' })).toMatchObject({ model: null, usage: null })
  // What was counted on request was not used.
  expect(plainWhole({ input_tokens: 12 }).usage).toBeNull()
  expect(plainWhole({ totalTokens: 12 }).usage).toBeNull()
  expect(plainWhole([{ model: 'x' }])).toMatchObject({ model: null, usage: null })
})
