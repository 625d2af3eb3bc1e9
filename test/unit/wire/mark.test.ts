import { expect, test } from 'bun:test'
import { createMarkReader, toMarks } from '../../../src/wire/mark.ts'

const encode = (text: string) => new TextEncoder().encode(text)

function createFinder(texts: readonly string[]): (chunk: Uint8Array) => boolean {
  const marks = toMarks(texts)
  const read = createMarkReader(Math.max(0, ...texts.map((text) => text.length)))
  return (chunk) => read(chunk).has(marks)
}

test('a mark is found with its last byte, wherever the body is cut', () => {
  const text = 'aab data: [DO data: [DONE]\n\n'
  const end = text.indexOf('[DONE]') + 6
  for (let one = 0; one <= text.length; one++) {
    for (let two = one; two <= text.length; two++) {
      const find = createFinder(['data: [DONE]', 'never'])
      const parts = [text.slice(0, one), text.slice(one, two), text.slice(two)]
      let seen = 0
      const first = parts.find((part) => {
        seen += part.length
        return find(encode(part))
      })
      expect(first).toBeDefined()
      expect(seen).toBeGreaterThanOrEqual(end)
      expect(seen - (first?.length ?? 0)).toBeLessThan(end)
    }
  }
})

test('a mark of one byte, marks byte by byte, and no marks at all', () => {
  expect([...'abc'].map(encode).map(createFinder(['b']))).toEqual([false, true, false])
  expect([...'xaab'].map(encode).map(createFinder(['aab', 'long mark']))).toEqual([false, false, false, true])
  expect(createFinder([])(encode('anything'))).toBe(false)
})

test('a chunk may be changed after it was looked at', () => {
  const find = createFinder(['abcd'])
  const chunk = encode('xxab')
  find(chunk)
  chunk.fill(0)
  expect(find(encode('cd'))).toBe(true)
})

test('of a part that ends with a line nothing is remembered: no mark holds the end of one', () => {
  const find = createFinder(['ab'])
  expect(find(encode('a\n'))).toBe(false)
  expect(find(encode('b'))).toBe(false)
  expect(find(encode('a'))).toBe(false)
  expect(find(encode('b'))).toBe(true)
})

test('each list of marks is looked for in the same part', () => {
  const seen = createMarkReader(3)(encode('abc'))
  expect(seen.has(toMarks(['bc']))).toBe(true)
  expect(seen.has(toMarks(['cd', 'x']))).toBe(false)
})
