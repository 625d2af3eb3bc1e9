import { expect, test } from 'bun:test'
import { createOffsets, linesOf, piecesOf } from '../../../../../src/guard/detect/remote/pieces.ts'
import { createRandom } from '../../../../support/random.ts'

const kinds = ['a', ' ', '\n', 'é', '𝄞', '👩‍🚀', '\ud83d', '\ude00']

function randomText(seed: number): string {
  const random = createRandom(seed)
  return Array.from({ length: random.below(120) }, () => random.pick(kinds)).join('')
}

test('pieces cover the text, overlap, and are no longer than asked', () => {
  for (let seed = 0; seed < 500; seed++) {
    const text = randomText(seed)
    for (const [most, overlap] of [
      [1, 0],
      [2, 1],
      [10, 0],
      [10, 3],
      [40, 10],
    ] as const) {
      const pieces = piecesOf(text, most, overlap)
      let covered = 0
      for (const piece of pieces) {
        expect(piece.text).toBe(text.slice(piece.from, piece.from + piece.text.length))
        expect(piece.from).toBeLessThanOrEqual(covered)
        // A pair of surrogates is not divided, and may be longer than one.
        expect(piece.text.length).toBeLessThanOrEqual(Math.max(2, most))
        expect(piece.from + piece.text.length).toBeGreaterThan(covered - 1)
        covered = piece.from + piece.text.length
      }
      expect(covered).toBe(text.length)
    }
  }
})

test('a short text is one piece, and an empty one too', () => {
  expect(piecesOf('', 10, 2)).toEqual([{ from: 0, text: '' }])
  expect(piecesOf('0123456789', 10, 2)).toEqual([{ from: 0, text: '0123456789' }])
})

test('a long text is divided behind white space if there is any near the end, and at characters if not', () => {
  expect(piecesOf('one two three four', 10, 0).map(({ text }) => text)).toEqual(['one two ', 'three four'])
  expect(piecesOf('0123456789abc', 10, 0).map(({ text }) => text)).toEqual(['0123456789', 'abc'])
  expect(piecesOf('𝄞𝄞𝄞', 3, 0).map(({ text }) => text)).toEqual(['𝄞', '𝄞', '𝄞'])
})

test('what is shorter than the overlap is whole in one of the pieces, wherever it stands', () => {
  for (let at = 0; at < 300; at++) {
    const text = `${'x'.repeat(at)}SECRET${'y'.repeat(300 - at)}`
    expect(piecesOf(text, 50, 6).some((piece) => piece.text.includes('SECRET'))).toBe(true)
  }
})

test('lines are told with their places, blank ones not at all, and long ones in pieces', () => {
  expect(linesOf('one\n\n  \ntwo', '\n', 10)).toEqual([
    { from: 0, text: 'one' },
    { from: 8, text: 'two' },
  ])
  expect(linesOf('a;b', ';', 10).map(({ from }) => from)).toEqual([0, 2])
  expect(linesOf('a\nb', '', 10)).toEqual([{ from: 0, text: 'a\nb' }])
  expect(linesOf('\n0123456789ab', '\n', 10)).toEqual([
    { from: 1, text: '0123456789' },
    { from: 11, text: 'ab' },
  ])
  expect(linesOf('', '\n', 10)).toEqual([])
  expect(linesOf('one\n', '\n', 10)).toEqual([{ from: 0, text: 'one' }])
})

test('a count of code points is the place that as many code points stand before', () => {
  for (let seed = 0; seed < 300; seed++) {
    const text = randomText(seed)
    const toOffset = createOffsets(text)
    const points = [...text]
    for (let count = 0; count <= points.length; count++) {
      expect(toOffset(count)).toBe(points.slice(0, count).join('').length)
    }
    for (const wrong of [-1, points.length + 1, 0.5, NaN, Infinity]) expect(toOffset(wrong)).toBeUndefined()
  }
})
