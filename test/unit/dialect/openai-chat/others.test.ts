import { expect, test } from 'bun:test'
import { isObject, objectsAt } from '../../../../src/conversation/json.ts'
import { dialects } from '../../../../src/dialect/index.ts'
import { rebuildAtEveryCut } from '../../../support/cuts.ts'
import { dataOnly, type Fields } from '../../../support/streams/told.ts'

/** Chat completions as those tell them who have copied them, each in a way of its own. */

const chat = dialects['openai-chat']
const chunk = (delta: Fields, more: Fields = {}) => ({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, delta, ...more }],
})
const stop = chunk({}, { finish_reason: 'stop' })
const told = (...values: readonly unknown[]) => rebuildAtEveryCut(chat, dataOnly(...values))
const messageOf = (body: unknown) => (isObject(body) ? objectsAt(body, 'choices')[0]?.['message'] : undefined)

test('a tool that ran is told again with its output, and not doubled', () => {
  const run = { index: 0, type: 'search', arguments: '{"query":"weir"}' }
  const { body } = told(
    chunk({ executed_tools: [run] }),
    chunk({ executed_tools: [{ ...run, output: 'found' }] }),
    stop,
  )
  expect(messageOf(body)).toMatchObject({ executed_tools: [{ ...run, output: 'found' }] })
})

test('pieces that happen to be alike are pieces all the same', () => {
  const piece = (text: string, more: Fields = {}) =>
    chunk({ reasoning_details: [{ index: 0, type: 'reasoning.text', text, ...more }] })
  const { body } = told(piece('ha'), piece('ha', { signature: 's' }), stop)
  expect(messageOf(body)).toMatchObject({ reasoning_details: [{ text: 'haha', signature: 's' }] })
  const long = told(piece('a long text'), piece('a long text'), stop)
  expect(messageOf(long.body)).toMatchObject({ reasoning_details: [{ text: 'a long texta long text' }] })
})

test('pictures are kept one by one', () => {
  const image = (index: number) => ({
    index,
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${index}` },
  })
  const { body } = told(chunk({ images: [image(0)] }), chunk({ images: [image(1)] }), stop)
  expect(messageOf(body)).toMatchObject({ images: [image(0), image(1)] })
})

test('a signature beside a call stays with it', () => {
  const extra_content = { google: { thought_signature: 'AA' } }
  const { body } = told(
    chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' }, extra_content }] }),
    stop,
  )
  expect(messageOf(body)).toMatchObject({ tool_calls: [{ extra_content }] })
})

test('a call that starts with nonsense is what its pieces tell, in however many they come', () => {
  const call = (called: unknown) => chunk({ tool_calls: [{ index: 0, function: called }] })
  const pieces = ['{"a"', ':1', '}'].map((piece) => call({ arguments: piece }))
  const { body } = told(call(['x', null]), ...pieces, stop)
  expect(messageOf(body)).toMatchObject({ tool_calls: [{ function: { arguments: '{"a":1}' } }] })
})

test('an answer that comes as one message is that message', () => {
  const message = {
    role: 'assistant',
    content: 'all at once',
    tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
  }
  expect(
    messageOf(told({ id: 'c', choices: [{ index: 0, message, finish_reason: 'stop' }] }, '[DONE]').body),
  ).toEqual(message)
})

test('events with another name, and pings in data, are counted and no part of the answer', () => {
  const text =
    dataOnly({ type: 'ping' }, chunk({ content: 'a' })) +
    'event: metadata\ndata: {"trace":1}\n\n' +
    dataOnly(stop, '[DONE]')
  const reply = rebuildAtEveryCut(chat, text)
  expect(reply.unknownEvents).toEqual({ ping: 1, metadata: 1 })
  expect(reply.body).toEqual({
    object: 'chat.completion',
    id: 'c',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }],
  })
})

test('events without blank lines between them, or in a list, are told one by one', () => {
  const all = [chunk({ content: 'a' }), chunk({ content: 'b' }), stop]
  const wanted = told(...all, '[DONE]')
  expect(rebuildAtEveryCut(chat, dataOnly(...all, '[DONE]').replaceAll('\n\n', '\n'))).toEqual(wanted)
  expect(told(all, '[DONE]')).toEqual(wanted)
  expect(told([], [1], '[', '{}{}', 'x\ny').unknownEvents).toEqual({ unreadable: 5 })
})

test('a stream of nothing but its end, twice, or of comments, is an answer of nothing', () => {
  expect(told('[DONE]', '[DONE]')).toMatchObject({ body: null, unknownEvents: {} })
  expect(rebuildAtEveryCut(chat, ': a\n\n: b\n\n')).toMatchObject({ body: null, ending: 'cut' })
})

test('a count in each chunk is a total, and odds of several choices stay apart', () => {
  const usage = (completion_tokens: number) => ({
    prompt_tokens: 3,
    completion_tokens,
    total_tokens: 3 + completion_tokens,
  })
  const odds = (index: number, token: string) => ({
    index,
    delta: { content: token },
    logprobs: { content: [{ token }] },
  })
  const reply = told(
    { choices: [odds(1, 'x'), odds(0, 'a')], usage: usage(1) },
    { choices: [odds(0, 'b')], usage: usage(2) },
    { choices: [0, 1].map((index) => ({ index, delta: {}, finish_reason: 'stop' })), usage: usage(3) },
  )
  expect(reply.usage).toMatchObject({ input: 3, output: 3 })
  expect(reply.body).toMatchObject({
    choices: [
      { logprobs: { content: [{ token: 'a' }, { token: 'b' }] } },
      { logprobs: { content: [{ token: 'x' }] } },
    ],
  })
})
