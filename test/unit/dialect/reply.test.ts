import { expect, test } from 'bun:test'
import type { Finish, Part } from '../../../src/conversation/conversation.ts'
import { fingerprint } from '../../../src/conversation/fingerprint.ts'
import type { JsonObject } from '../../../src/conversation/json.ts'
import type { DialectName } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { bytesOf, rebuild } from '../../support/cuts.ts'

/** What each dialect's replies say: why they ended, and that they are known again in the next request. */

const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } }
const item = { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' }
const block = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }
const functionCall = { functionCall: { name: 'look', args: {} } }
const searched = { type: 'server_tool_use', id: 's_1', name: 'web_search', input: {} }

const chat = (finish_reason: string | null, message: JsonObject = { content: 'Hi' }): JsonObject => ({
  choices: [{ message, finish_reason }],
})
const response = (status: string, output: unknown[] = [], reason?: string): JsonObject => ({
  status,
  output,
  ...(reason !== undefined && { incomplete_details: { reason } }),
})
const message = (stop_reason: string | null, content: unknown[] = []): JsonObject => ({
  content,
  stop_reason,
})
const generation = (finishReason: string | undefined, parts: unknown[] = []): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, finishReason }],
})
const refusal = { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No' }] }

const endings: readonly [DialectName, JsonObject, Finish | null, told: string | null][] = [
  ['openai-chat', chat('stop'), 'stop', 'stop'],
  ['openai-chat', chat('length'), 'length', 'length'],
  ['openai-chat', chat('content_filter'), 'filter', 'content_filter'],
  ['openai-chat', chat('tool_calls', { tool_calls: [call] }), 'calls', 'tool_calls'],
  ['openai-chat', chat('function_call', { function_call: call.function }), 'calls', 'function_call'],
  ['openai-chat', chat('stop', { tool_calls: [call] }), 'calls', 'stop'],
  ['openai-chat', chat('tool_calls', { tool_calls: [] }), 'stop', 'tool_calls'],
  ['openai-chat', chat('stop', { refusal: 'No' }), 'refusal', 'stop'],
  ['openai-chat', chat('eos'), 'stop', 'eos'],
  ['openai-chat', chat('insufficient_system_resource'), 'error', 'insufficient_system_resource'],
  ['openai-chat', chat('constructor'), 'other', 'constructor'],
  ['openai-chat', chat(''), null, ''],
  ['openai-chat', chat(null), null, null],
  ['openai-responses', response('completed'), 'stop', 'completed'],
  ['openai-responses', response('completed', [item]), 'calls', 'completed'],
  ['openai-responses', response('completed', [refusal]), 'refusal', 'completed'],
  ['openai-responses', response('incomplete', [], 'max_output_tokens'), 'length', 'max_output_tokens'],
  ['openai-responses', response('incomplete', [item], 'content_filter'), 'filter', 'content_filter'],
  ['openai-responses', response('incomplete'), 'other', 'incomplete'],
  ['openai-responses', response('failed'), 'error', 'failed'],
  ['openai-responses', response('cancelled'), 'other', 'cancelled'],
  ['openai-responses', response('in_progress'), null, 'in_progress'],
  ['anthropic', message('end_turn'), 'stop', 'end_turn'],
  ['anthropic', message('stop_sequence'), 'stop', 'stop_sequence'],
  ['anthropic', message('tool_use', [block]), 'calls', 'tool_use'],
  ['anthropic', message('end_turn', [searched]), 'stop', 'end_turn'],
  ['anthropic', message('max_tokens'), 'length', 'max_tokens'],
  ['anthropic', message('model_context_window_exceeded'), 'length', 'model_context_window_exceeded'],
  ['anthropic', message('pause_turn', [searched]), 'pause', 'pause_turn'],
  ['anthropic', message('refusal'), 'refusal', 'refusal'],
  ['anthropic', message('compaction'), 'other', 'compaction'],
  ['anthropic', message(null), null, null],
  ['gemini', generation('STOP'), 'stop', 'STOP'],
  ['gemini', generation('STOP', [functionCall]), 'calls', 'STOP'],
  ['gemini', generation('MAX_TOKENS'), 'length', 'MAX_TOKENS'],
  ['gemini', generation('SAFETY'), 'filter', 'SAFETY'],
  ['gemini', generation('IMAGE_RECITATION'), 'filter', 'IMAGE_RECITATION'],
  ['gemini', generation('MALFORMED_FUNCTION_CALL'), 'error', 'MALFORMED_FUNCTION_CALL'],
  ['gemini', generation('FINISH_REASON_UNSPECIFIED'), 'other', 'FINISH_REASON_UNSPECIFIED'],
  ['gemini', generation(undefined), null, null],
]

for (const [name, body, finish, finishReason] of endings) {
  test(`${name}: ${JSON.stringify(body).slice(0, 120)} ends with ${finish}`, () => {
    const [choice] = dialects[name].readAnswer(body).choices
    expect(choice).toMatchObject({ finish, finishReason })
  })
}

test('each choice and each candidate is one of its own', () => {
  const chats = {
    choices: [
      { index: 0, message: { content: 'a' } },
      { index: 1, message: { content: 'b' } },
    ],
  }
  const generations = {
    candidates: [{ content: { parts: [{ text: 'a' }] } }, { index: 1, content: { parts: [{ text: 'b' }] } }],
  }
  for (const [name, body] of [
    ['openai-chat', chats],
    ['gemini', generations],
  ] as const) {
    const { choices } = dialects[name].readAnswer(body)
    expect(choices.map((choice) => choice.message.parts.map(textOf))).toEqual([['a'], ['b']])
    expect(choices[1]?.extra).toEqual({ index: 1 })
  }
})

test('a completion of old is an answer', () => {
  const [choice] = dialects['openai-chat'].readAnswer({
    choices: [{ text: ' a time', finish_reason: 'length' }],
  }).choices
  expect(choice).toMatchObject({ finish: 'length', message: { isPlain: true, at: '/choices/0' } })
  expect(choice?.message.parts).toEqual([{ kind: 'text', text: ' a time', at: '/choices/0/text', extra: {} }])
  const [old] = dialects.anthropic.readAnswer({ completion: ' Hello', stop_reason: 'stop_sequence' }).choices
  expect(old?.message.parts).toEqual([{ kind: 'text', text: ' Hello', at: '/completion', extra: {} }])
})

test('an error or a prompt that was refused is an answer without choices', () => {
  const failed = { error: { message: 'No' } }
  for (const name of ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const) {
    expect(dialects[name].readAnswer(failed)).toMatchObject({ choices: [], extra: failed })
  }
  const refused = { promptFeedback: { blockReason: 'SAFETY' } }
  expect(dialects.gemini.readAnswer(refused)).toMatchObject({ choices: [], extra: refused })
})

test('speech is told with what it says, and known again by its id', () => {
  const audio = { id: 'audio_1', data: 'UklGRg==', transcript: 'Hi', expires_at: 5 }
  const [choice] = dialects['openai-chat'].readAnswer(chat('stop', { content: null, audio })).choices
  expect(choice?.message.parts).toEqual([
    {
      kind: 'audio',
      media: { kind: 'data', mediaType: null, base64: 'UklGRg==' },
      at: '/choices/0/message/audio',
      extra: { id: 'audio_1', transcript: 'Hi', expires_at: 5 },
    },
  ])
  const [sent] = dialects['openai-chat'].readRequest({
    messages: [{ role: 'assistant', audio: { id: 'audio_1' } }],
  }).messages
  expect(sent && fingerprint(sent)).toBe(choice ? fingerprint(choice.message) : 'none')
})

function textOf(part: Part | undefined): string | undefined {
  return part?.kind === 'text' ? part.text : undefined
}

/** A stream, the same answer whole, and the ways clients send it back. */
type Again = { name: DialectName; stream: string; whole: JsonObject; sent: readonly (readonly unknown[])[] }

const data = (...events: readonly unknown[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')

const chatCall = (args: string) => ({
  id: 'call_1',
  type: 'function',
  function: { name: 'look', arguments: args },
})
const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: [1, 'x'], by: null } }
const items = [
  {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'Hm' }],
    encrypted_content: 'c2Vh',
  },
  { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'cats' } },
  {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    status: 'completed',
    content: [
      { type: 'output_text', text: 'I look', annotations: [{ url: 'https://a.example' }], logprobs: [] },
    ],
  },
  {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'look',
    arguments: '{"at":1}',
    status: 'completed',
  },
]

const agains: readonly Again[] = [
  {
    name: 'openai-chat',
    stream: `${data(
      { id: 'c', choices: [{ index: 0, delta: { role: 'assistant', reasoning_content: 'Hm' } }] },
      { id: 'c', choices: [{ index: 0, delta: { content: 'I ' } }] },
      { id: 'c', choices: [{ index: 0, delta: { content: 'look' } }] },
      { id: 'c', choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...chatCall('{ "at"') }] } }] },
      {
        id: 'c',
        choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: ': 1}' } }] } }],
      },
      { id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    )}data: [DONE]\n\n`,
    whole: chat('tool_calls', {
      role: 'assistant',
      content: 'I look',
      refusal: null,
      tool_calls: [chatCall('{ "at": 1}')],
    }),
    sent: [
      [{ role: 'assistant', content: 'I look', tool_calls: [chatCall('{ "at": 1}')] }],
      [
        {
          role: 'assistant',
          content: [{ type: 'text', text: 'I look' }],
          tool_calls: [chatCall('{"at":1}')],
        },
      ],
      [{ role: 'assistant', content: 'I look', reasoning_content: 'Hm', tool_calls: [chatCall('{"at":1}')] }],
    ],
  },
  {
    name: 'openai-responses',
    stream: data(
      { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } },
      ...items.map((each, output_index) => ({ type: 'response.output_item.done', output_index, item: each })),
      { type: 'response.completed', response: response('completed', items) },
    ),
    whole: response('completed', items),
    sent: [
      items,
      items.slice(2),
      [
        { role: 'assistant', content: 'I look' },
        { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"at":1}' },
      ],
    ],
  },
  {
    name: 'anthropic',
    stream: data(
      { type: 'message_start', message: { id: 'm', role: 'assistant', content: [] } },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'I look' } },
      { type: 'content_block_start', index: 2, content_block: { ...toolUse, input: {} } },
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '{ "at": [1.0, ' },
      },
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '"x"], "by": null}' },
      },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    ),
    whole: message('tool_use', [
      { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
      { type: 'text', text: 'I look', citations: null },
      toolUse,
    ]),
    sent: [
      [{ role: 'assistant', content: [{ type: 'text', text: 'I look' }, toolUse] }],
      [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
            { type: 'text', text: 'I ' },
            { type: 'text', text: 'look', cache_control: { type: 'ephemeral' } },
            { ...toolUse, input: { by: null, at: [1, 'x'] }, cache_control: { type: 'ephemeral' } },
          ],
        },
      ],
    ],
  },
  {
    name: 'gemini',
    stream: data(
      { candidates: [{ content: { role: 'model', parts: [{ text: 'Hm', thought: true }] } }] },
      { candidates: [{ content: { role: 'model', parts: [{ text: 'I ' }] } }] },
      { candidates: [{ content: { role: 'model', parts: [{ text: 'look' }] } }] },
      {
        candidates: [
          {
            content: {
              role: 'model',
              parts: [{ functionCall: { name: 'look', args: { at: 1 } }, thoughtSignature: 'c2ln' }],
            },
            finishReason: 'STOP',
          },
        ],
      },
    ),
    whole: generation('STOP', [
      { text: 'I look' },
      { functionCall: { name: 'look', args: { at: 1 } }, thoughtSignature: 'c2ln' },
    ]),
    sent: [
      [{ role: 'model', parts: [{ text: 'I look' }, { functionCall: { name: 'look', args: { at: 1 } } }] }],
      // Google's own clients keep each chunk as a content.
      [
        { role: 'model', parts: [{ text: 'Hm', thought: true }] },
        { role: 'model', parts: [{ text: 'I ' }] },
        { role: 'model', parts: [{ text: 'look' }] },
        {
          role: 'model',
          parts: [{ functionCall: { name: 'look', args: { at: 1 } }, thoughtSignature: 'c2ln' }],
        },
      ],
    ],
  },
]

for (const { name, stream, whole, sent } of agains) {
  const dialect = dialects[name]

  test(`${name}: an answer has one fingerprint, streamed, whole, or sent back in any way`, () => {
    const reply = rebuild(dialect, [bytesOf(stream)])
    const [streamed] = dialect.readAnswer(reply.body, reply.argumentTexts).choices
    const [told] = dialect.readAnswer(whole).choices
    const known = streamed && fingerprint(streamed.message)
    expect(known).toMatch(/^[0-9a-f]{32}$/)
    expect(told && fingerprint(told.message)).toBe(known)
    for (const list of sent) {
      const question = { role: 'user', content: 'What is it?', parts: [{ text: 'What is it?' }] }
      const all = [question, ...list, question]
      const { messages } = dialect.readRequest({ messages: all, input: all, contents: all })
      expect(messages).toHaveLength(3)
      expect(messages.map(fingerprint)[1]).toBe(known)
    }
  })
}

test('arguments are told byte for byte where the stream told them', () => {
  const { stream } = agains[2] ?? { stream: '' }
  const reply = rebuild(dialects.anthropic, [bytesOf(stream)])
  const [choice] = dialects.anthropic.readAnswer(reply.body, reply.argumentTexts).choices
  expect(choice?.message.parts.at(-1)).toMatchObject({
    argumentsText: '{ "at": [1.0, "x"], "by": null}',
    arguments: { at: [1, 'x'], by: null },
    argumentsAt: '/content/2/input',
  })
})
