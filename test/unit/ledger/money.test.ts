import { expect, test } from 'bun:test'
import { amountOf, dollars, perMicrodollar, rateOf, wholeOf } from '../../../src/ledger/money.ts'

test('a price for a million tokens is a whole number for one, to a millionth of a dollar', () => {
  expect(rateOf(1.25, 1_000_000)).toBe(1_250_000)
  expect(rateOf(0.000001, 1_000_000)).toBe(1)
  expect(rateOf(0.1 + 0.2, 1_000_000)).toBe(300_000)
  expect(rateOf(0.36, 3600)).toBe(100_000_000)
})

test('what is no price, or is too large for exact sums, is none', () => {
  for (const price of [-1, NaN, Infinity, 1e10]) expect(rateOf(price, 1)).toBeNull()
  expect(amountOf(1e12, 1_250_000)).toBeNull()
  expect(amountOf(7_205_759_403, 1_250_000)).toBe(9_007_199_253_750_000)
})

test('a million additions of a tenth of a cent drift by nothing', () => {
  let sum = 0
  for (let count = 0; count < 1_000_000; count++) sum += amountOf(100, 10_000_000) ?? 0
  expect(dollars(sum)).toBe('1000')
})

test('dollars are written exactly, without an exponent or zeros at the end', () => {
  expect([0, 1, 1_250_000, 1_000_000_000_000, 12_345_678_900_000].map((amount) => dollars(amount))).toEqual([
    '0',
    '0.000000000001',
    '0.00000125',
    '1',
    '12.3456789',
  ])
  expect(dollars(-1_500_000_000_000)).toBe('-1.5')
  expect(dollars(123_456_789_012_345_678_901n)).toBe('123456789.012345678901')
})

test('a sum in two parts is whole again, past what a number can say', () => {
  expect(dollars(wholeOf(Number.MAX_SAFE_INTEGER, perMicrodollar - 1))).toBe('9007199254.740991999999')
})
