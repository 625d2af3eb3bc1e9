import { expect, test } from 'bun:test'
import { findImage, imageIn, mapTexts, nameOf, shorten, typeOf } from '../../../../src/trace/home/image.ts'
import { readBeside, readBody, readMessages, readProjectName } from '../../../../src/trace/home/said.ts'

test('arguments told as a text of JSON become what it says; other texts stay', () => {
  const call = (text: unknown) => ({ id: 'c', type: 'function', function: { name: 'f', arguments: text } })
  const message = (...calls: unknown[]) => ({ role: 'assistant', content: null, tool_calls: calls })
  const told = message(call('{"a":1}'), call('{"a":'), call('5'), call({ b: 2 }), { id: 'x' })
  expect(readMessages([told], 'messages')).toEqual([
    message(call({ a: 1 }), call('{"a":'), call('5'), call({ b: 2 }), { id: 'x' }),
  ])
})

test.each([
  ['text'],
  [null],
  [[null]],
  [[[]]],
  [[{}]],
  [[{ role: 5 }]],
  [[{ role: 'user', content: 5 }]],
  [[{ role: 'assistant', tool_calls: {} }]],
  [[{ role: 'assistant', tool_calls: [5] }]],
  [[{ role: 'assistant', tool_calls: [{ function: 'f' }] }]],
])('%j are no messages', (value) => {
  expect(() => readMessages(value, 'messages')).toThrow('messages')
})

test('what a message says besides is kept as it is', () => {
  const message = { role: 'custom', content: { any: [1] }, extra: { deep: true }, timestamp: 'soon' }
  expect(readMessages([message], 'messages')).toEqual([message])
})

test('a name and a path are told in the metadata or beside it', () => {
  expect(readBeside({ name: 'n', hierarchy_path: ['a'] }, 'metadata')).toMatchObject({
    name: 'n',
    hierarchy: ['a'],
  })
  expect(readBeside(null, 'metadata', { name: 'own' })).toEqual({ name: 'own', hierarchy: [], metadata: {} })
  expect(() => readBeside([], 'metadata')).toThrow('metadata')
  expect(() => readBeside({ name: 5 }, 'metadata')).toThrow('name')
  expect(() => readBeside({ hierarchy_path: 'a' }, 'metadata')).toThrow('hierarchy_path')
})

test('names of projects have letters, digits, hyphens and underscores', () => {
  for (const name of ['a', 'A-b_9', '-', 'x'.repeat(200)]) expect(readProjectName(name)).toBe(name)
  for (const name of ['', 'a b', 'a.b', 'a/b', 'ä', 'x'.repeat(201), 5, null]) {
    expect(() => readProjectName(name)).toThrow('name')
  }
})

test('a body must be an object of JSON in UTF-8, and not too deep', () => {
  expect(readBody(Buffer.from('{"a":1}'))).toEqual({ a: 1 })
  for (const text of ['', 'x', '[]', '5', `{"a":${'['.repeat(600)}${']'.repeat(600)}}`]) {
    expect(() => readBody(Buffer.from(text))).toThrow('The body')
  }
  expect(() => readBody(new Uint8Array([0x7b, 0xff, 0x7d]))).toThrow('UTF-8')
})

const picture = 'data:image/jpeg;base64,AAAA'

test('a picture is shown by its address and found by its name', () => {
  const image = imageIn(picture)
  if (image === null) throw new Error('no picture')
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: picture } }] }]
  const shown = mapTexts(messages, (text) => shorten(text, 'p/t', 100))
  expect(JSON.stringify(shown)).toContain(`"/api/v1/trace/image/p/t/${nameOf(image)}"`)
  expect(findImage(messages, nameOf(image))).toEqual(image)
  expect(findImage(messages, 'other.jpg')).toBeNull()
  expect(typeOf(image)).toBe('image/jpeg')
  expect(typeOf({ ...image, type: 'image/svg+xml' })).toBe('application/octet-stream')
  expect(imageIn('local_base64_img: AAAA')).toEqual({ type: 'image/png', base64: 'AAAA' })
  expect(imageIn('data:text/html;base64,AAAA')).toBeNull()
})

test('a long text is cut in its middle, and says by how much', () => {
  expect(shorten('abcdefghij', '', 10)).toBe('abcdefghij')
  expect(shorten('abcdefghijk', '', 10)).toBe('abcde<...truncated 1 characters...>ghijk')
  expect(shorten('abcdefghijk', '', 1)).toBe('a<...truncated 10 characters...>')
})
