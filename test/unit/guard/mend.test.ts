import { expect, test } from 'bun:test'
import { mend } from '../../../src/guard/mend.ts'
import { readTrace } from '../../../src/guard/trace/read.ts'

const call = (told: unknown) => mend([{ role: 'assistant', content: null, tool_calls: [told] }])[0]

test('messages that a trace can be read from stay as they are', () => {
  const messages = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url: 'b' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: '1', type: 'function', function: { name: 'c', arguments: {} } }],
    },
    { role: 'tool', tool_call_id: '1', content: { d: 1 }, metadata: { server: 'e' } },
    { tools: [] },
  ]
  expect(mend(messages)).toEqual(messages)
})

test('parts that are neither text nor picture become text, and pictures addresses', () => {
  const content = [
    'bare',
    null,
    { type: 'thing', a: 1 },
    { text: 'typeless' },
    { type: 'image_url', image_url: 'https://a/b.png' },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
    { type: 'image', source: { type: 'url', url: 'https://a/c.png' } },
  ]
  expect(mend([{ role: 'tool', content }])).toEqual([
    {
      role: 'tool',
      content: [
        { type: 'text', text: 'bare' },
        { type: 'text', text: 'null' },
        { type: 'thing', text: '{"type":"thing","a":1}' },
        { type: 'other', text: 'typeless' },
        { type: 'image_url', image_url: { url: 'https://a/b.png' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        { type: 'image_url', image_url: { url: 'https://a/c.png' } },
      ],
    },
  ])
})

test('content that is neither a text nor a list is text, but for the object that a tool may tell', () => {
  const contentOf = (role: string, content: unknown) => mend([{ role, content }])
  expect(contentOf('user', { a: 1 })).toEqual([{ role: 'user', content: '{"a":1}' }])
  expect(contentOf('tool', { a: 1 })).toEqual([{ role: 'tool', content: { a: 1 } }])
  expect(contentOf('tool', 5)).toEqual([{ role: 'tool', content: '5' }])
  expect(contentOf('user', null)).toEqual([{ role: 'user', content: null }])
})

test('arguments are an object, whatever came: nothing is none, and what is no object stands in one', () => {
  const argumentsOf = (told: unknown) => call({ function: { name: 'a', arguments: told } })
  const expected = (told: unknown) =>
    expect(argumentsOf(told)).toMatchObject({ tool_calls: [{ type: 'function', function: { name: 'a' } }] })
  for (const nothing of ['', ' ', null, undefined]) {
    expected(nothing)
    expect(JSON.stringify(argumentsOf(nothing))).toContain('"arguments":{}')
  }
  expect(JSON.stringify(argumentsOf('{"b":1}'))).toContain('"arguments":{"b":1}')
  expect(JSON.stringify(argumentsOf('{"b":'))).toContain('"arguments":{"input":"{\\"b\\":"}')
  expect(JSON.stringify(argumentsOf('[1]'))).toContain('"arguments":{"input":[1]}')
})

test('whatever a call or a message is, reading it refuses at worst', () => {
  const values = [null, 5, 'a', [], {}, { role: 'user', content: {} }, { role: 'tool', metadata: 5 }]
  for (const value of values) {
    expect(() => readTrace(mend([value]))).not.toThrow()
    expect(() => readTrace([call(value)])).not.toThrow()
  }
})
