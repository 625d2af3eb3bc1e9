import { expect, test } from 'bun:test'
import { isObject } from '../../../../src/conversation/json.ts'
import { dialects } from '../../../../src/dialect/index.ts'
import { rebuildAtEveryCut } from '../../../support/cuts.ts'
import { named, withCrlf, type Event, type Fields } from '../../../support/streams/told.ts'

/** What a gateway that merges read by read is known to lose of a message, row by row. None of it is lost here. */

const { anthropic } = dialects
const message = {
  id: 'm-1',
  type: 'message',
  role: 'assistant',
  model: 'sage',
  content: [],
  usage: { input_tokens: 2, output_tokens: 1 },
}
const start: Event = { type: 'message_start', message }
const delta: Event = {
  type: 'message_delta',
  delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
  usage: { output_tokens: 6 },
}
const stop: Event = { type: 'message_stop' }
const told = (...events: readonly Event[]) => rebuildAtEveryCut(anthropic, named(...events))
const contentOf = (body: unknown) => (isObject(body) ? body['content'] : undefined)

function block(index: number, content_block: Fields, ...deltas: readonly Fields[]): Event[] {
  const each = deltas.map((one) => ({ type: 'content_block_delta', index, delta: one }))
  return [
    { type: 'content_block_start', index, content_block },
    ...each,
    { type: 'content_block_stop', index },
  ]
}

function textBlock(index: number, ...pieces: readonly string[]): Event[] {
  return block(index, { type: 'text', text: '' }, ...pieces.map((text) => ({ type: 'text_delta', text })))
}

const use = { type: 'tool_use', id: 't', name: 'f', input: {} }
const json = (partial_json: string) => ({ type: 'input_json_delta', partial_json })

test('A1: a character that comes in two reads is one character', () => {
  expect(contentOf(told(start, ...textBlock(0, 'thé ', '🍵'), delta, stop).body)).toEqual([
    { type: 'text', text: 'thé 🍵' },
  ])
})

test('A2: lines may end with CRLF or CR', () => {
  const text = named(start, ...textBlock(0, 'a', 'b'), delta, stop)
  for (const form of [withCrlf(text), text.replaceAll('\n', '\r')])
    expect(rebuildAtEveryCut(anthropic, form)).toMatchObject({
      ending: 'complete',
      body: { content: [{ text: 'ab' }] },
    })
})

test('A3: thinking, its signature and sources are kept', () => {
  const thinking = [
    { type: 'thinking_delta', thinking: 'so ' },
    { type: 'thinking_delta', thinking: 'it is' },
  ]
  const { body } = told(
    start,
    ...block(0, { type: 'thinking', thinking: '', signature: '' }, ...thinking, {
      type: 'signature_delta',
      signature: 'Sg==',
    }),
    ...block(
      1,
      { type: 'text', text: '' },
      { type: 'text_delta', text: 'x' },
      { type: 'citations_delta', citation: { page: 1 } },
      {
        type: 'citations_delta',
        citation: { page: 2 },
      },
    ),
    delta,
    stop,
  )
  expect(contentOf(body)).toEqual([
    { type: 'thinking', thinking: 'so it is', signature: 'Sg==' },
    { type: 'text', text: 'x', citations: [{ page: 1 }, { page: 2 }] },
  ])
})

test('A4: why it stopped is part of the message', () => {
  expect(told(start, ...textBlock(0, 'a'), delta, stop).body).toMatchObject({
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
    usage: { input_tokens: 2, output_tokens: 6 },
  })
})

test('A5: what is given to a tool is an object, and its text stands beside it', () => {
  const reply = told(start, ...block(0, use, json('{"n": 1'), json('.50}')), delta, stop)
  expect(contentOf(reply.body)).toEqual([{ ...use, input: { n: 1.5 } }])
  expect(reply.argumentTexts).toEqual({ '/content/0/input': '{"n": 1.50}' })
})

test('A6: a call without anything given has an empty object, however that was told', () => {
  for (const events of [
    block(0, use),
    block(0, use, json('')),
    block(0, { ...use, input: '' }),
    block(0, use, json('{}')),
  ])
    expect(contentOf(told(start, ...events, delta, stop).body)).toEqual([use])
})

test('A7: calls that the provider runs itself, and what came of them, are kept', () => {
  const server = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
  const result = {
    type: 'web_search_tool_result',
    tool_use_id: 's',
    content: [{ type: 'web_search_result', url: 'u', encrypted_content: 'E' }],
  }
  const mcp = { type: 'mcp_tool_use', id: 'q', name: 'look', server_name: 'here', input: {} }
  const ran = { type: 'bash_code_execution_tool_result', tool_use_id: 'q', content: { stdout: '1' } }
  const { body } = told(
    start,
    ...block(0, server, json('{"query":'), json('"a"}')),
    ...block(1, result),
    ...block(2, mcp, json('{"a":[]}')),
    ...block(3, ran),
    delta,
    stop,
  )
  expect(contentOf(body)).toEqual([
    { ...server, input: { query: 'a' } },
    result,
    { ...mcp, input: { a: [] } },
    ran,
  ])
})

test('A8: blocks may come in any order and with gaps', () => {
  const { body } = told(start, ...textBlock(5, 'c'), ...textBlock(2, 'b'), ...textBlock(0, 'a'), delta, stop)
  expect(contentOf(body)).toEqual(['a', 'b', 'c'].map((text) => ({ type: 'text', text })))
})

test('A8: blocks may be told by turns', () => {
  const [first = stop, ...restOfFirst] = textBlock(0, 'a', 'b')
  const [second = stop, ...restOfSecond] = textBlock(1, 'c', 'd')
  const turns = restOfFirst.flatMap((event, at) => [event, restOfSecond[at] ?? stop])
  expect(contentOf(told(start, first, second, ...turns, delta, stop).body)).toEqual([
    { type: 'text', text: 'ab' },
    { type: 'text', text: 'cd' },
  ])
})

test('A9: text and calls of one turn are one message', () => {
  const { body } = told(
    start,
    ...textBlock(0, 'I will'),
    ...block(1, use, json('{}')),
    ...textBlock(2, 'Done'),
    delta,
    stop,
  )
  expect(contentOf(body)).toEqual([{ type: 'text', text: 'I will' }, use, { type: 'text', text: 'Done' }])
})

test('A10: an end mark that comes in two reads is one, and within the answer it is none', () => {
  const events = [start, ...textBlock(0, 'event: message_stop\n\n')]
  expect(told(...events).ending).toBe('cut')
  expect(told(...events, stop).ending).toBe('complete')
})

test('A11: an error within the stream makes an error of it, in whatever form', () => {
  const error = { type: 'overloaded_error', message: 'busy' }
  const events = named(start, ...textBlock(0, 'half'))
  const forms = [
    named({ type: 'error', error }),
    named({ type: 'error', error, request_id: 'r' }),
    `data: ${JSON.stringify({ type: 'error', error })}\n\n`,
    `event: error\ndata: ${JSON.stringify({ error })}\n\n`,
    JSON.stringify({ type: 'error', error }, null, 1),
  ]
  for (const form of forms) {
    const reply = rebuildAtEveryCut(anthropic, events + form)
    expect(reply, form).toMatchObject({ ending: 'error', error, body: { content: [{ text: 'half' }] } })
  }
})

test('A12: data over several lines is one event', () => {
  const text = named(start, ...textBlock(0, 'a'), delta, stop).replaceAll(',"', ',\ndata: "')
  expect(rebuildAtEveryCut(anthropic, text)).toMatchObject({
    ending: 'complete',
    body: { content: [{ text: 'a' }] },
  })
})
