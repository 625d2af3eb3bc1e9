import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { readReply, readRequest } from '../../../src/explorer/reading.ts'

test('a chat request reads as its messages', () => {
  const messages = [
    { role: 'developer', content: 'Be brief' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'data:' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', function: { name: 'look', arguments: '{"a": 1}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: 'seen' },
  ]
  expect(readRequest('openai-chat', { messages })).toEqual([
    { role: 'system', parts: [{ kind: 'text', text: 'Be brief' }] },
    {
      role: 'user',
      parts: [
        { kind: 'text', text: 'Look' },
        { kind: 'other', name: 'image_url', value: messages[1]?.content?.[1] },
      ],
    },
    { role: 'assistant', parts: [{ kind: 'call', name: 'look', text: '{"a": 1}' }] },
    { role: 'tool', parts: [{ kind: 'result', name: 'c', text: 'seen' }] },
  ])
})

test('a chat answer reads as its choices, thoughts first', () => {
  const message = { role: 'assistant', content: 'Yes', reasoning_content: 'Hm', refusal: null }
  expect(readReply('openai-chat', { choices: [{ message }] })).toEqual([
    {
      role: 'assistant',
      parts: [
        { kind: 'thinking', text: 'Hm' },
        { kind: 'text', text: 'Yes' },
      ],
    },
  ])
})

test('a responses request reads as its items', () => {
  const input = [
    { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'One' }, { text: 'Two' }] },
    { type: 'function_call', name: 'look', call_id: 'c', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c', output: 'seen' },
    { type: 'web_search_call', status: 'completed' },
  ]
  expect(readRequest('openai-responses', { instructions: 'Be brief', input })).toEqual([
    { role: 'system', parts: [{ kind: 'text', text: 'Be brief' }] },
    { role: 'user', parts: [{ kind: 'text', text: 'Hi' }] },
    { role: 'assistant', parts: [{ kind: 'thinking', text: 'One\n\nTwo' }] },
    { role: 'assistant', parts: [{ kind: 'call', name: 'look', text: '{}' }] },
    { role: 'tool', parts: [{ kind: 'result', name: 'c', text: 'seen' }] },
    { role: 'assistant', parts: [{ kind: 'other', name: 'web_search_call', value: input[4] }] },
  ])
  expect(readRequest('openai-responses', { input: 'Hi' })).toEqual([
    { role: 'user', parts: [{ kind: 'text', text: 'Hi' }] },
  ])
})

test('an Anthropic exchange reads as its blocks', () => {
  const content = [
    { type: 'thinking', thinking: 'Hm', signature: 's' },
    { type: 'text', text: 'Yes' },
    { type: 'tool_use', id: 't', name: 'look', input: { a: 1 } },
  ]
  expect(readReply('anthropic', { role: 'assistant', content })).toEqual([
    {
      role: 'assistant',
      parts: [
        { kind: 'thinking', text: 'Hm' },
        { kind: 'text', text: 'Yes' },
        { kind: 'call', name: 'look', text: '{\n  "a": 1\n}' },
      ],
    },
  ])
  const result = {
    type: 'tool_result',
    tool_use_id: 't',
    content: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
  }
  expect(
    readRequest('anthropic', { system: 'Be brief', messages: [{ role: 'user', content: [result] }] }),
  ).toEqual([
    { role: 'system', parts: [{ kind: 'text', text: 'Be brief' }] },
    { role: 'tool', parts: [{ kind: 'result', name: 't', text: 'a\nb' }] },
  ])
})

test('a Gemini exchange reads as its contents', () => {
  const contents = [
    { parts: [{ text: 'Hi' }] },
    { role: 'model', parts: [{ text: 'Hm', thought: true }, { functionCall: { name: 'look', args: {} } }] },
    {
      role: 'user',
      parts: [{ functionResponse: { name: 'look', response: { seen: true } } }, { inlineData: { data: '' } }],
    },
  ]
  const said = readRequest('gemini', { systemInstruction: { parts: [{ text: 'Be brief' }] }, contents })
  expect(said.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  expect(said.flatMap(({ parts }) => parts.map(({ kind }) => kind))).toEqual([
    'text',
    'text',
    'thinking',
    'call',
    'result',
    'other',
  ])
  expect(readReply('gemini', { candidates: [{ content: contents[1] }] })[0]?.role).toBe('assistant')
})

const oddities = [
  null,
  undefined,
  0,
  '',
  'text',
  [],
  {},
  [null],
  [[]],
  { role: 5 },
  { type: {} },
  { text: null },
  { parts: 'x' },
]
const fields = [
  'messages',
  'system',
  'instructions',
  'input',
  'contents',
  'systemInstruction',
  'choices',
  'output',
  'content',
  'candidates',
]

test('nothing that a client or a provider can send makes the reading throw', () => {
  for (const dialect of dialectNames)
    for (const oddity of oddities) {
      expect(readRequest(dialect, oddity)).toBeArray()
      expect(readReply(dialect, oddity)).toBeArray()
      for (const field of fields)
        for (const value of [
          oddity,
          [oddity],
          [{ content: [oddity], parts: [oddity], message: oddity, tool_calls: [oddity] }],
        ]) {
          expect(readRequest(dialect, { [field]: value })).toBeArray()
          expect(readReply(dialect, { [field]: value })).toBeArray()
        }
    }
})

test('without a dialect nothing is read', () => {
  expect([readRequest(null, { messages: [] }), readReply(null, {})]).toEqual([[], []])
})
