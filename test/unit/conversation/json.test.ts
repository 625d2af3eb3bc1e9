import { expect, test } from 'bun:test'
import { countAt, readJson, readObject, textAt } from '../../../src/conversation/json.ts'
import { readPartialJson } from '../../../src/conversation/partial-json.ts'
import { createTally } from '../../../src/conversation/tally.ts'

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`
}

test('a text nested 512 deep is read, one deeper is not', () => {
  const padding = ' '.repeat(2_000)
  expect(readJson(nested(512) + padding)).toBeDefined()
  expect(readJson(nested(513) + padding)).toBeUndefined()
  expect(readJson(nested(1_000_000))).toBeUndefined()
})

test('brackets within strings are no nesting', () => {
  const text = JSON.stringify({ code: `${'{['.repeat(2_000)}\\"` })
  expect(readJson(text)).toEqual(JSON.parse(text))
})

test('what is no JSON, or no object, is undefined', () => {
  expect(readJson('{')).toBeUndefined()
  expect(readObject('[1]')).toBeUndefined()
  expect(readObject('null')).toBeUndefined()
})

test('an empty text and a count that is none are not told', () => {
  const fields = { text: '', negative: -1, word: '7', endless: 1e999, zero: 0 }
  expect(textAt(fields, 'text')).toBeNull()
  expect(['negative', 'word', 'endless', 'missing'].map((key) => countAt(fields, key))).toEqual(
    Array(4).fill(null),
  )
  expect(countAt(fields, 'zero')).toBe(0)
})

const partial: readonly (readonly [text: string, value: unknown])[] = [
  ['{"a": 1}', { a: 1 }],
  ['', undefined],
  ['  ', undefined],
  ['{', {}],
  ['{"a', {}],
  ['{"a"', {}],
  ['{"a":', {}],
  ['{"a": "b', {}],
  ['{"a": "b\\"', {}],
  ['{"a": "b"', { a: 'b' }],
  ['{"a": tru', {}],
  ['{"a": true', { a: true }],
  ['{"a": 12', {}],
  ['{"a": 12,', { a: 12 }],
  ['{"a": [1, {"b": null}, "c"', { a: [1, { b: null }, 'c'] }],
  ['{"a": {"b": []', { a: { b: [] } }],
  ['[[], {}, "x", "y', [[], {}, 'x']],
  ['{"a": 1]', undefined],
  ['<xml>', undefined],
  ['{"a": 1} {', undefined],
]

for (const [text, value] of partial) {
  test(`as far as it was told, ${text} is ${JSON.stringify(value)}`, () => {
    expect(readPartialJson(text)).toEqual(value)
  })
}

test('every beginning of a JSON text is read without a throw, and none says what the text does not', () => {
  const whole = { path: 'a/"b"\\', lines: [1, -2.5e3, true, null, { deep: ['x', 'é🙂'] }], last: false }
  const text = JSON.stringify(whole)
  for (let end = 1; end < text.length; end++) {
    const value = readPartialJson(text.slice(0, end))
    expect(whole).toMatchObject({
      ...(value ?? {}),
      ...('lines' in Object(value) ? { lines: whole.lines } : {}),
    })
  }
  expect(readPartialJson(text)).toEqual(whole)
})

test('what nobody knew is counted by name, within bounds', () => {
  const tally = createTally()
  tally.count('__proto__')
  for (let at = 0; at < 200; at++) tally.count(`event ${at}`)
  tally.count('event 5')
  tally.count('x'.repeat(1_000))
  const counts = tally.counts()
  expect(Object.keys(counts)).toHaveLength(101)
  expect(counts['event 5']).toBe(2)
  expect(Object.hasOwn(counts, '__proto__')).toBe(true)
  expect(counts['other']).toBe(102)
})
