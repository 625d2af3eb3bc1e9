import { expect, test } from 'bun:test'
import { createMarkFinder } from '../../../src/wire/mark.ts'

const encode = (text: string) => new TextEncoder().encode(text)

test('a mark is found with its last byte, wherever the body is cut', () => {
  const text = 'aab data: [DO data: [DONE]\n\n'
  const end = text.indexOf('[DONE]') + 6
  for (let one = 0; one <= text.length; one++) {
    for (let two = one; two <= text.length; two++) {
      const find = createMarkFinder(['data: [DONE]', 'never'])
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
  expect([...'abc'].map(encode).map(createMarkFinder(['b']))).toEqual([false, true, false])
  expect([...'xaab'].map(encode).map(createMarkFinder(['aab', 'long mark']))).toEqual([
    false,
    false,
    false,
    true,
  ])
  expect(createMarkFinder([])(encode('anything'))).toBe(false)
})

test('a chunk may be changed after it was looked at', () => {
  const find = createMarkFinder(['abcd'])
  const chunk = encode('xxab')
  find(chunk)
  chunk.fill(0)
  expect(find(encode('cd'))).toBe(true)
})
