import { expect, test } from 'bun:test'
import { isObject, objectsAt } from '../../../../src/conversation/json.ts'
import { dialects } from '../../../../src/dialect/index.ts'
import { rebuildAtEveryCut } from '../../../support/cuts.ts'
import { dataOnly, withCrlf, type Fields } from '../../../support/streams/told.ts'

/** What a gateway that merges read by read is known to lose of a chat completion, row by row. None of it is lost here. */

const dialect = dialects['openai-chat']
const top = { id: 'c-1', object: 'chat.completion.chunk', created: 9, model: 'tiny' }
const chunk = (delta: Fields, more: Fields = {}, index = 0) => ({
  ...top,
  choices: [{ index, delta, finish_reason: null, ...more }],
})
const stop = chunk({}, { finish_reason: 'stop' })
const told = (...values: readonly unknown[]) => rebuildAtEveryCut(dialect, dataOnly(...values))
const choicesOf = (body: unknown) => (isObject(body) ? objectsAt(body, 'choices') : [])
const messageOf = (body: unknown) => choicesOf(body)[0]?.['message']
const hello = [
  chunk({ role: 'assistant', content: 'Bonjour' }),
  chunk({ content: ' ça va 🙂?' }),
  stop,
  '[DONE]',
]
const said = { role: 'assistant', content: 'Bonjour ça va 🙂?' }

test('O1: an event that comes in two reads is one event', () => {
  expect(messageOf(told(...hello).body)).toEqual(said)
})

test('O2: a character that comes in two reads is one character', () => {
  const { body } = told(chunk({ content: '🙂é漢' }), stop, '[DONE]')
  expect(messageOf(body)).toMatchObject({ content: '🙂é漢' })
})

test('O3: a text may have the words of the format in it', () => {
  const text = 'write data: [DONE] and data: {"a":1}\n\ndata: y'
  expect(messageOf(told(chunk({ content: text }), stop, '[DONE]').body)).toMatchObject({ content: text })
})

test('O4: no space, CRLF, other fields and comments are all of the format', () => {
  const plain = dataOnly(...hello)
  const dressed = `\uFEFF: wait\n\nretry: 5\nid: 1\nevent: message\n${plain.replaceAll('data: ', 'data:')}`
  for (const text of [plain, dressed, withCrlf(dressed), dressed.replaceAll('\n', '\r')])
    expect(rebuildAtEveryCut(dialect, text)).toMatchObject({
      ending: 'complete',
      body: { choices: [{ message: said }] },
    })
})

test('O5: the count is read', () => {
  const usage = { prompt_tokens: 8, completion_tokens: 5, total_tokens: 13 }
  const reply = told(...hello.slice(0, 3), { ...top, choices: [], usage }, '[DONE]')
  expect(reply).toMatchObject({ usage: { input: 8, output: 5 }, body: { usage } })
})

test('O6: refusal, reasoning, sound, sources, an old call, odds and who served it are kept', () => {
  const { body } = told(
    {
      ...chunk({ refusal: 'No', reasoning_content: 'hm', reasoning: 'h', audio: { id: 'a', data: 'AA' } }),
      system_fingerprint: 'f',
    },
    {
      ...chunk({
        refusal: '.',
        reasoning_content: 'm',
        reasoning: 'm',
        audio: { data: 'BB', transcript: 't' },
      }),
      service_tier: 's',
    },
    chunk(
      { annotations: [{ n: 1 }], function_call: { name: 'f', arguments: '{' } },
      { logprobs: { content: [{ token: 'a' }] } },
    ),
    chunk(
      { annotations: [{ n: 2 }], function_call: { arguments: '}' } },
      { logprobs: { content: [{ token: 'b' }] } },
    ),
    stop,
    '[DONE]',
  )
  expect(body).toMatchObject({ system_fingerprint: 'f', service_tier: 's' })
  expect(choicesOf(body)[0]).toMatchObject({
    logprobs: { content: [{ token: 'a' }, { token: 'b' }] },
    message: {
      refusal: 'No.',
      reasoning_content: 'hmm',
      reasoning: 'hm',
      audio: { id: 'a', data: 'AABB', transcript: 't' },
      annotations: [{ n: 1 }, { n: 2 }],
      function_call: { name: 'f', arguments: '{}' },
    },
  })
})

const calls = (...tool_calls: readonly Fields[]) => chunk({ tool_calls })

test('O7: a custom call keeps its type, its name and its input', () => {
  const { body } = told(
    calls({ index: 0, id: 'x', type: 'custom', custom: { name: 'sql', input: 'SELECT' } }),
    calls({ index: 0, custom: { input: ' 1' } }),
    stop,
    '[DONE]',
  )
  expect(messageOf(body)).toMatchObject({
    tool_calls: [{ id: 'x', type: 'custom', custom: { name: 'sql', input: 'SELECT 1' } }],
  })
})

test('O8: the index by which calls are told apart is no part of them', () => {
  const { body } = told(
    calls({ index: 3, id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }),
    stop,
    '[DONE]',
  )
  expect(messageOf(body)).toEqual({
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }],
  })
})

test('O9: calls without an index are kept, and a call alone need not be in a list', () => {
  const call = (id: string, text: string) => ({
    id,
    type: 'function',
    function: { name: id, arguments: text },
  })
  const { body } = told(
    calls(call('a', '{"n":')),
    calls({ function: { arguments: '1}' } }),
    calls(call('b', '{}')),
    stop,
    '[DONE]',
  )
  expect(messageOf(body)).toMatchObject({ tool_calls: [call('a', '{"n":1}'), call('b', '{}')] })
  expect(messageOf(told(chunk({ tool_calls: call('c', '{}') }), stop).body)).toMatchObject({
    tool_calls: [call('c', '{}')],
  })
})

const two = [
  { ...top, choices: [1, 0].map((index) => ({ index, delta: { content: `${index}` } })) },
  chunk({ content: 'a' }, { finish_reason: 'stop' }),
  chunk({ content: 'b' }, { finish_reason: 'length' }, 1),
  '[DONE]',
]

test('O10: several choices are choices, not turns', () => {
  expect(choicesOf(told(...two).body).map(({ index, message }) => [index, message])).toEqual([
    [0, { role: 'assistant', content: '0a' }],
    [1, { role: 'assistant', content: '1b' }],
  ])
})

test('O11: an answer is told when all its choices are, whichever came first', () => {
  expect(told(...two.slice(0, 2)).ending).toBe('cut')
  expect(told(...two.slice(0, 3)).ending).toBe('complete')
})

test('O12: the role is the one that was told', () => {
  expect(messageOf(told(chunk({ role: 'tool', content: 'x' }), stop, '[DONE]').body)).toMatchObject({
    role: 'tool',
  })
})

test('O13: an end mark that comes in two reads is an end mark', () => {
  expect(told(chunk({ content: 'a' }), '[DONE]').ending).toBe('complete')
})

test('O14: an error within the stream is told in whatever form, beside what had come', () => {
  const error = { message: 'too much', code: 429 }
  const forms = [
    dataOnly({ error }),
    dataOnly({ error }, '[DONE]'),
    dataOnly({ ...top, choices: [], error }),
    `event: error\ndata: ${JSON.stringify({ error })}\n\n`,
    `data: ${JSON.stringify({ error }, null, 2).replaceAll('\n', '\ndata: ')}\n\n`,
    JSON.stringify({ error }, null, 2),
    dataOnly([{ error }]),
  ]
  for (const form of forms) {
    const reply = rebuildAtEveryCut(dialect, dataOnly(hello[0]) + form)
    expect(reply, form).toMatchObject({
      ending: 'error',
      error,
      body: { choices: [{ message: { content: 'Bonjour' } }] },
    })
  }
})

test('O15: an end mark within the answer ends nothing', () => {
  const reply = told(chunk({ content: 'data: [DONE]\n\n' }), chunk({ content: 'still here' }))
  expect(reply).toMatchObject({
    ending: 'cut',
    body: { choices: [{ message: { content: 'data: [DONE]\n\nstill here' } }] },
  })
})
