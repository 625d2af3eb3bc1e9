import { expect, test } from 'bun:test'
import { joinSplices, spliceBetween, type Splice } from '../../../src/wire/splice.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function spliced(text: string, { at, length, with: put }: Splice): string {
  const bytes = encoder.encode(text)
  return decoder.decode(bytes.subarray(0, at)) + put + decoder.decode(bytes.subarray(at + length))
}

const pairs = [
  ['abc', 'abc'],
  ['', 'abc'],
  ['abc', ''],
  ['aaa', 'aa'],
  ['one two three', 'one 2 three'],
  ['one two three four', 'one [masked] three [masked]'],
  ['é', 'è'],
  ['a𝄞b', 'a𝄢b'],
  ['xé', 'xéé'],
] as const

test('one splice makes the one of the other, without tearing a character', () => {
  for (const [before, after] of pairs) {
    const splice = spliceBetween(encoder.encode(before), encoder.encode(after))
    if (before === after) expect(splice).toBeNull()
    else expect(splice === null ? null : spliced(before, splice)).toBe(after)
  }
})

test('two splices are one, wherever they stand to each other', () => {
  const text = 'the quick brown fox'
  const changes = [
    ['quick', 'slow'],
    ['brown', 'very dark brown'],
    ['the', ''],
    ['fox', 'é𝄞'],
    ['quick brown', 'red'],
  ] as const
  for (const [from, to] of changes) {
    for (const [other, by] of changes) {
      const between = text.replace(from, to)
      const after = between.replace(other, by)
      const first = spliceBetween(encoder.encode(text), encoder.encode(between))
      const second = spliceBetween(encoder.encode(between), encoder.encode(after))
      if (second === null) continue
      expect(spliced(text, joinSplices(first, second, encoder.encode(after)))).toBe(after)
    }
  }
})
