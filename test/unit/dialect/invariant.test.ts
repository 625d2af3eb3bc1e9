import { expect, test } from 'bun:test'
import { locate } from '../../../src/conversation/invariant-source.ts'
import { toInvariant } from '../../../src/conversation/invariant.ts'
import type { Invariant } from '../../../src/conversation/invariant.ts'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import type { DialectName } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { bytesOf, rebuild } from '../../support/cuts.ts'
import { expectAccepted } from '../../support/invariant.ts'

/** The message form of Invariant's rules and tools, of every dialect. */

function told(name: DialectName, request: unknown, reply?: unknown): Invariant {
  const { readRequest, readAnswer } = dialects[name]
  return toInvariant(readRequest(request), reply === undefined ? undefined : readAnswer(reply))
}

for (const name of dialectNames) {
  // As many rounds again and again are for test/fuzz/conformance.test.ts.
  test(`${name}: every conversation is one that the engine accepts, and each text is traced to its body`, () => {
    expectAccepted(name, 150)
  })
}

test('the same conversation reads the same in every dialect', () => {
  const image = 'data:image/png;base64,iVBORw0K'
  const chat = {
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What?' },
          { type: 'image_url', image_url: { url: image } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at": 1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'A cat.' },
    ],
  }
  const responses = {
    instructions: 'Be brief.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What?' },
          { type: 'input_image', image_url: image },
        ],
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look' }] },
      { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"at":1}' },
      { type: 'function_call_output', call_id: 'c1', output: 'A cat.' },
    ],
  }
  const anthropic = {
    system: 'Be brief.',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0K' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look' },
          { type: 'tool_use', id: 'c1', name: 'look', input: { at: 1 } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'A cat.' }] },
    ],
  }
  const gemini = {
    systemInstruction: 'Be brief.',
    contents: [
      {
        role: 'user',
        parts: [{ text: 'What?' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0K' } }],
      },
      {
        role: 'model',
        parts: [{ text: 'I look' }, { functionCall: { id: 'c1', name: 'look', args: { at: 1 } } }],
      },
      { role: 'user', parts: [{ functionResponse: { id: 'c1', response: { result: 'A cat.' } } }] },
    ],
  }
  const wanted: Invariant['messages'] = [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What?' },
        { type: 'image_url', image_url: { url: image } },
      ],
    },
    {
      role: 'assistant',
      content: 'I look',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: { at: 1 } } }],
    },
    { role: 'tool', content: 'A cat.', tool_call_id: 'c1' },
  ]
  expect(told('openai-chat', chat).messages).toEqual(wanted)
  expect(told('openai-responses', responses).messages).toEqual(wanted)
  expect(told('anthropic', anthropic).messages).toEqual(wanted)
  expect(told('gemini', gemini).messages).toEqual(wanted)
})

test('a streamed answer reads as the whole one, arguments as objects', () => {
  const events = [
    { type: 'message_start', message: { role: 'assistant', content: [] } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{ "a": 1.0 }' },
    },
    {
      type: 'content_block_start',
      index: 1,
      content_block: { type: 'tool_use', id: 'u', name: 'g', input: {} },
    },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
    { type: 'message_stop' },
  ]
  const stream = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  const { body, argumentTexts } = rebuild(dialects.anthropic, [bytesOf(stream)])
  const streamed = toInvariant(
    dialects.anthropic.readRequest({}),
    dialects.anthropic.readAnswer(body, argumentTexts),
  )
  const content = [
    { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
    { type: 'tool_use', id: 'u', name: 'g', input: {} },
  ]
  expect(streamed.messages).toEqual(told('anthropic', {}, { content, stop_reason: 'tool_use' }).messages)
})

test('results stand between what was said before and after them, with errors told', () => {
  const { messages } = told('anthropic', {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'First' },
          { type: 'tool_result', tool_use_id: 't', is_error: true, content: [{ type: 'text', text: 'No' }] },
          { type: 'tool_result', tool_use_id: 'u' },
          { type: 'text', text: 'Then' },
        ],
      },
    ],
  })
  expect(messages).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'First' }] },
    { role: 'tool', content: [{ type: 'text', text: 'No' }], tool_call_id: 't', is_error: true },
    { role: 'tool', content: '', tool_call_id: 'u' },
    { role: 'user', content: [{ type: 'text', text: 'Then' }] },
  ])
})

test('thinking is told beside the content, refusals, documents and unknown parts within it', () => {
  const { messages } = told('anthropic', {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Plain words' } },
          { type: 'document', source: { type: 'url', url: 'https://a.example/a.pdf' } },
          { type: 'new', a: 1 },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      },
    ],
  })
  expect(messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'document', text: 'Plain words' },
        {
          type: 'document',
          text: '',
          media: { kind: 'url', mediaType: null, url: 'https://a.example/a.pdf' },
        },
        { type: 'new', text: '{"type":"new","a":1}' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'One' },
        { type: 'text', text: 'Two' },
      ],
      thinking_blocks: [{ type: 'thinking', thinking: 'Hm', signature: 'c2ln' }],
    },
  ])
  const refused = told('openai-chat', {}, { choices: [{ message: { content: null, refusal: 'No' } }] })
  expect(refused.messages).toEqual([{ role: 'assistant', content: [{ type: 'refusal', text: 'No' }] }])
})

test('further choices are told as such', () => {
  const choices = [{ message: { content: 'a' } }, { index: 1, message: { content: 'b' } }]
  expect(told('openai-chat', {}, { choices }).messages).toEqual([
    { role: 'assistant', content: 'a' },
    { role: 'assistant', content: 'b', choice: 1 },
  ])
})

test('calls without ids are paired with their results by name and order, and keep their ids as it goes on', () => {
  const contents = [
    {
      role: 'model',
      parts: [
        { functionCall: { name: 'f', args: { n: 1 } } },
        { functionCall: { name: 'g', args: {} } },
        { functionCall: { name: 'f', args: { n: 2 } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'g', response: { result: 'G' } } },
        { functionResponse: { name: 'f', response: { result: 'F1' } } },
        { functionResponse: { name: 'f', response: { result: 'F2' } } },
        { functionResponse: { name: 'h', response: { temperature: 5 } } },
      ],
    },
    { role: 'model', parts: [{ functionCall: { name: 'f' } }] },
  ]
  const { messages } = told('gemini', { contents })
  expect(messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id))).toEqual([
    'call-1',
    'call-2',
    'call-3',
    'call-4',
  ])
  expect(messages.flatMap(({ role, tool_call_id }) => (role === 'tool' ? [tool_call_id] : []))).toEqual([
    'call-2',
    'call-1',
    'call-3',
    null,
  ])
  expect(messages.at(-2)?.content).toEqual({ temperature: 5 })
  expect(told('gemini', { contents: contents.slice(0, 2) }).messages).toEqual(messages.slice(0, -1))
})

test('arguments are always an object, whatever the model wrote', () => {
  const argumentsOf = (told: string) => {
    const tool_calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: told } }]
    const { messages } = toInvariant(
      dialects['openai-chat'].readRequest({ messages: [{ role: 'assistant', tool_calls }] }),
    )
    return messages[0]?.tool_calls?.[0]?.function.arguments
  }
  expect(argumentsOf('')).toEqual({})
  expect(argumentsOf(' null ')).toEqual({})
  expect(argumentsOf('{"a":[1')).toEqual({ a: [] })
  expect(argumentsOf('[1]')).toEqual({ input: [1] })
  expect(argumentsOf('"x"')).toEqual({ input: 'x' })
  expect(argumentsOf('not JSON')).toEqual({ input: 'not JSON' })
  const custom = [{ id: 'c', type: 'custom', custom: { name: 'patch', input: '{"a":1}' } }]
  const { messages } = told('openai-chat', { messages: [{ role: 'assistant', tool_calls: custom }] })
  expect(messages[0]?.tool_calls?.[0]?.function).toEqual({ name: 'patch', arguments: { input: '{"a":1}' } })
})

test('an address leads back to the body: to a text and its range, or to what is the whole of it', () => {
  const { sources } = told(
    'openai-chat',
    {
      messages: [
        { role: 'user', content: 'Hello you' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And' },
            { type: 'image_url', image_url: { url: 'x:' } },
          ],
        },
      ],
    },
    {
      choices: [
        {
          message: {
            content: 'Hi',
            tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a":{"b~/":["see"]}}' } }],
          },
        },
      ],
    },
  )
  const whole = { within: '', range: null }
  expect(locate(sources, 'messages.0.content:1-7')).toEqual({
    body: 'request',
    at: '/messages/0/content',
    within: '',
    range: { start: 1, end: 7 },
  })
  expect(locate(sources, 'messages.0')).toEqual({ body: 'request', at: '/messages/0', ...whole })
  expect(locate(sources, 'messages.1.content.0.text')).toEqual({
    body: 'request',
    at: '/messages/1/content/0/text',
    ...whole,
  })
  expect(locate(sources, 'messages.1.content.1.image_url.url:0-1')).toEqual({
    body: 'request',
    at: '/messages/1/content/1',
    ...whole,
  })
  expect(locate(sources, 'messages.1.content:0-3')).toEqual({ body: 'request', at: '/messages/1', ...whole })
  const call = '/choices/0/message/tool_calls/0'
  expect(locate(sources, 'messages.2.tool_calls.0')).toEqual({ body: 'reply', at: call, ...whole })
  expect(locate(sources, 'messages.2.tool_calls.0.function.name')).toEqual({
    body: 'reply',
    at: call,
    ...whole,
  })
  expect(locate(sources, 'messages.2.tool_calls.0.function.arguments.a.b~/.0:0-3')).toEqual({
    body: 'reply',
    at: `${call}/function/arguments`,
    within: '/a/b~0~1/0',
    range: { start: 0, end: 3 },
  })
  for (const address of ['messages.3', 'messages', 'messages.-1.content', 'content:1-7', '']) {
    expect(locate(sources, address)).toBeNull()
  }
})

test('what a client sent with nothing in it is a message all the same', () => {
  const { messages } = told('openai-chat', {
    messages: [{ role: 'user' }, { role: 'assistant', content: '' }],
  })
  expect(messages).toEqual([
    { role: 'user', content: null },
    { role: 'assistant', content: '' },
  ])
})
