import { expect, test } from 'bun:test'
import { createFits, mostSpecific, moveAddress, parseAddress } from '../../../../src/trace/home/address.ts'

const messages = [
  { role: 'user', content: 'Hello\nthere' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: 'c', function: { name: 'f', arguments: { 'a.b': 'dotted', a: { b: 'nested' }, '': 'none' } } },
    ],
  },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'abc' },
      { type: 'image_url', image_url: { url: 'data:' } },
    ],
  },
  { role: 'assistant' },
]

test.each([
  'messages.0',
  'messages[0]',
  'messages.0.content',
  'messages.0.content:0-11',
  'messages.0.content:11-11',
  'messages[0].content:L0',
  'messages[0].content:L1',
  'messages.1.content:L0',
  'messages.1.tool_calls.0',
  'messages[1].tool_calls[0].function.name:0-1',
  'messages.1.tool_calls.0.function.arguments:0-2',
  'messages.1.tool_calls.0.function.arguments.a.b:0-6',
  'messages.2.content.0.text:1-3',
  'messages.2.content.1.image_url.url:bbox-0.1,0.2,0.3,0.4',
  'messages.2.content:L0',
  'messages.3.content:L0',
  '<root>',
  '',
  null,
])('there is something at %s', (address) => {
  expect(createFits(messages)(address)).toBe('fits')
})

test.each([
  'messages',
  'messages.4',
  'messages.-1',
  'messages.01x',
  'messages.0.contents',
  'messages.0.content:0-12',
  'messages.0.content:5-4',
  'messages.0.content:L2',
  'messages.0.content.0',
  'messages.1.tool_calls.1',
  'messages.2.content.2',
  'messages.2.content.0.text:bbox-0,0,0',
  'messages.0.__proto__',
  'messages.0.toString',
  'content',
  'elsewhere',
])('there is nothing at %s', (address) => {
  expect(createFits(messages)(address)).toBe('nowhere')
})

test('an address moves with its message, in the form it has', () => {
  const moved = [0, 3]
  expect(moveAddress('messages.1.content:1-7', moved)).toBe('messages.3.content:1-7')
  expect(moveAddress('messages[1].content:L0', moved)).toBe('messages[3].content:L0')
  expect(moveAddress('messages.0', moved)).toBe('messages.0')
  expect(moveAddress('messages.9', moved)).toBe('messages.9')
  expect(moveAddress('<root>', moved)).toBe('<root>')
  expect(moveAddress(null, moved)).toBeNull()
})

test('an address falls into its message, its path and its range', () => {
  expect(parseAddress('messages.3.content.0.text:22-26')).toEqual({
    message: 3,
    path: '.content.0.text',
    range: '22-26',
  })
  expect(parseAddress('messages.3.a:b')).toEqual({ message: 3, path: '.a:b', range: '' })
})

test('what many addresses have in common is measured once, and what would take too long is not looked up', () => {
  const parts = Array.from({ length: 1000 }, (_, at) => ({ type: 'text', text: 'x'.repeat(1000) + at }))
  const names = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at]))
  const fits = createFits([
    { role: 'user', content: parts },
    { role: 'user', content: names },
  ])
  for (let at = 0; at < 1000; at++) {
    expect(fits('messages.0.content:0-5')).toBe('fits')
    expect(fits('messages.0.content:L3')).toBe('fits')
    expect(fits(`messages.1.content.k${at}`)).toBe('fits')
  }

  let nested: unknown = 'deep'
  for (let depth = 0; depth < 200; depth++) nested = { a: nested }
  const deep = createFits([
    { role: 'user', content: nested },
    { role: 'user', content: 'near' },
  ])
  const path = `messages.0.content${'.a'.repeat(200)}`
  expect(deep(path)).toBe('fits')
  const answers = Array.from({ length: 200 }, () => deep(`${path}.b`))
  expect(answers[0]).toBe('nowhere')
  expect(answers.at(-1)).toBe('unknown')
  // Nor is anything else from then on.
  expect(deep('messages.1.content')).toBe('unknown')
})

test('of places within each other the innermost stays; a number that begins like another is no place within it', () => {
  expect(mostSpecific(['messages.1', 'messages.1.content', 'messages.1.content:1-7'])).toEqual([
    'messages.1.content:1-7',
  ])
  expect(mostSpecific(['messages.1', 'messages.10.content', 'messages.1'])).toEqual([
    'messages.1',
    'messages.10.content',
  ])
  expect(mostSpecific(['messages[0]', 'messages[0].content:L0'])).toEqual(['messages[0].content:L0'])
  expect(mostSpecific([])).toEqual([])
})
