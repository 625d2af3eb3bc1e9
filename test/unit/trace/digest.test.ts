import { expect, test } from 'bun:test'
import type { Splice } from '../../../src/wire/splice.ts'
import { sha256Of, sumSpliced } from '../../../src/trace/digest.ts'

const text = 'abcdefghij'
const put = (at: number, length: number, more: string): Splice => ({ at, length, with: more })

/** The chunks of the text cut at every place, as one or two. */
const ways = Array.from({ length: text.length + 1 }, (_, at) =>
  [text.slice(0, at), text.slice(at)].map(Buffer.from),
)

function expectSum(most: number, splices: Splice[], sent: string): void {
  const expected = { bytes: Buffer.byteLength(sent), sha256: sha256Of(sent) }
  for (const chunks of ways) expect(sumSpliced(chunks, most, splices)).toEqual(expected)
}

test('the sum of what was sent is that of its bytes, wherever the chunks are cut', () => {
  expectSum(10, [], text)
  expectSum(0, [], '')
  expectSum(4, [], 'abcd')
  expectSum(10, [put(0, 0, 'x')], `x${text}`)
  expectSum(10, [put(10, 0, 'ü')], `${text}ü`)
  expectSum(10, [put(2, 3, 'xyz'), put(7, 0, '-')], 'abxyzfg-hij')
  expectSum(10, [put(7, 0, '-'), put(2, 3, '')], 'abfg-hij')
  expectSum(10, [put(5, 0, '1'), put(5, 0, '2')], 'abcde12fghij')
})

test('what was to be put in after the last byte taken was not sent', () => {
  expectSum(4, [put(4, 0, '!'), put(5, 0, '?')], 'abcd!')
})

test('a splice that reaches beyond what was taken replaces what there is', () => {
  expectSum(4, [put(3, 5, 'x')], 'abcx')
})

test('without the bytes the length is known and the hash is not', () => {
  expect(sumSpliced(null, 10, [put(2, 3, 'x')])).toEqual({ bytes: 8, sha256: null })
})
