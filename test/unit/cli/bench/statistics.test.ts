import { expect, test } from 'bun:test'
import { median, medianDifference, medianRatio, quantile } from '../../../../src/cli/bench/statistics.ts'

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([3, 1, 2])).toBe(2)
  expect(median([])).toBeNaN()
})

test('a quantile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => index)
  expect(quantile(values, 0.5)).toBe(50)
  expect(quantile(values, 0.99)).toBe(99)
  expect(quantile(values, 1)).toBe(99)
  expect(quantile([], 0.5)).toBeNaN()
})

test('what is compared was measured in the same round', () => {
  expect(medianRatio([2, 40, 6], [1, 20, 3])).toBe(2)
  expect(medianDifference([2, 41, 6], [1, 40, 5])).toBe(1)
})
