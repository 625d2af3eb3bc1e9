import { expect, test } from 'bun:test'
import { editJson, leavesOf, spanAt, textsIn, toPath, valueAt } from '../../../src/judge/mask/edit.ts'

const text = ' {"a" : [1, {"b\\u0062": "x\\"]}"}, 12345678901234567890], "a": {"c": [true, "y"]}, "": {}}'

test('a value is found by its path, of repeated members the last', () => {
  const at = (path: readonly (string | number)[], of = text) => {
    const span = spanAt(of, path)
    return span === null ? null : of.slice(span.start, span.end)
  }
  expect(at(['a', 'c', 1])).toBe('"y"')
  expect(at(['a', 'c', '0'])).toBe('true')
  expect(at([''])).toBe('{}')
  expect(at(['a', 1, 'bb'], '{"a":[1,{"b\\u0062":"x\\"]}"}]}')).toBe('"x\\"]}"')
  for (const none of [['b'], ['a', 'c', 2], ['a', 'c', 1, 'd'], ['', 'a']]) expect(at(none)).toBe(null)
  expect(at(['a'], '')).toBe(null)
})

test('only what is replaced is another', () => {
  expect(
    editJson(text, [
      { path: ['a', 'c', 1], raw: '"z"' },
      { path: ['nowhere'], raw: '0' },
    ]),
  ).toBe(text.replace('"y"', '"z"'))
  const edits = [
    { path: ['b'], raw: '2' },
    { path: ['a', 'c'], raw: '0' },
    { path: ['a'], raw: '1' },
  ]
  expect(editJson('{"a":{"c":[]},"b":[]}', edits)).toBe('{"a":1,"b":2}')
})

test('leaves are texts and numbers, with where they stand', () => {
  expect(leavesOf({ a: ['x', { b: 2 }], c: null, d: true })).toEqual([
    { path: ['a', 0], value: 'x' },
    { path: ['a', 1, 'b'], value: 2 },
  ])
  expect(valueAt({ a: ['x'] }, ['a', '0'])).toBe('x')
  expect(valueAt({}, ['constructor'])).toBe(undefined)
})

test('a pointer is a path', () => {
  expect(toPath('/a~1b/~0/0')).toEqual(['a/b', '~', '0'])
  expect(toPath('')).toEqual([])
})

test('texts are the leaves that are texts, each with its path', () => {
  const value = { a: ['x', 1, null, { b: 'y', 'c d': true }], '': 'z', n: [1, [2, ['w']]] }
  expect(textsIn(value)).toEqual([
    { path: ['a', 0], value: 'x' },
    { path: ['a', 3, 'b'], value: 'y' },
    { path: [''], value: 'z' },
    { path: ['n', 1, 1, 0], value: 'w' },
  ])
  const texts: unknown[] = leavesOf(value).filter((leaf) => typeof leaf.value === 'string')
  expect<unknown[]>(textsIn(value)).toEqual(texts)
  expect(textsIn('alone')).toEqual([{ path: [], value: 'alone' }])
  expect(textsIn(null)).toEqual([])
})
