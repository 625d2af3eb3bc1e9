import { expect, test } from 'bun:test'
import { createLineReader } from '../../../../src/trace/home/lines.ts'

const hello = [{ role: 'user', content: 'Hello' }]
const read = (...lines: readonly unknown[]) => {
  const reader = createLineReader()
  return lines.map((line) => reader(typeof line === 'string' ? line : JSON.stringify(line)))
}

test('a file of objects tells metadata, indices, names and remarks', () => {
  const trace = {
    index: 7,
    id: 'an-id',
    name: 'Seven',
    hierarchy_path: ['a', 'b'],
    messages: hello,
    metadata: { model: 'small' },
    annotations: [{ content: 'x', address: 'messages.0.content:0-5', extra_metadata: { source: 'me' } }],
  }
  expect(read({ metadata: { of: 'all' } }, trace, '')).toEqual([
    { kind: 'metadata', metadata: { of: 'all' } },
    {
      kind: 'trace',
      trace: {
        number: 7,
        id: 'an-id',
        messages: hello,
        beside: { name: 'Seven', hierarchy: ['a', 'b'], metadata: { model: 'small' } },
        annotations: [
          { content: 'x', address: 'messages.0.content:0-5', metadata: { source: 'me' }, source: 'me' },
        ],
      },
    },
    { kind: 'nothing' },
  ])
})

test('a file of bare lists is numbered from nothing on; the first of a list may be its metadata', () => {
  const lines = read(hello, [{ metadata: { name: 'Second' } }, ...hello])
  expect(lines).toMatchObject([
    { trace: { number: 0, messages: hello, beside: { name: null } } },
    { trace: { number: 1, messages: hello, beside: { name: 'Second' } } },
  ])
})

test.each([
  ['neither JSON', ['{"messages":']],
  ['a number', [5]],
  ['two forms', [hello, { messages: hello }]],
  ['metadata later', [hello, { metadata: {} }]],
  ['metadata that is none', [{ metadata: 5 }]],
  ['an object of something else', [{ hello: 1 }]],
  [
    'an index twice',
    [
      { index: 1, messages: hello },
      { index: 1, messages: hello },
    ],
  ],
  ['an index here and there', [{ index: 1, messages: hello }, { messages: hello }]],
  ['an index later', [{ messages: hello }, { index: 1, messages: hello }]],
  ['an index that is none', [{ index: 1.5, messages: hello }]],
  ['an index below nothing', [{ index: -1, messages: hello }]],
  ['messages that are none', [{ messages: ['hello'] }]],
  ['a remark about nothing', [{ messages: hello, annotations: [{ content: 'x', address: 'messages.5' }] }]],
])('a file with %s is refused, with the number of the line', (_, lines) => {
  expect(() => read(...lines)).toThrow(`line ${lines.length}`)
})

test('an export of a store that did not look is kept as it was', () => {
  const line = {
    messages: [
      { type: 'event' },
      { role: 'assistant', tool_calls: [{ function: { arguments: '{"a":1}' } }] },
    ],
    annotations: [{ content: 'x', address: 'messages.5.content:0-9' }],
  }
  expect(() => read(line)).toThrow('line 1')
  expect(createLineReader('stored')(JSON.stringify(line))).toMatchObject({
    trace: { messages: line.messages, annotations: [{ address: 'messages.5.content:0-9' }] },
  })
  expect(() => createLineReader('stored')('{"messages":[5]}')).toThrow('line 1')
})
