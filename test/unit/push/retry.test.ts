import { expect, test } from 'bun:test'
import { delayOf, retryAfterMs } from '../../../src/push/retry.ts'

test('delays double from a second to ten minutes, half of each left to chance', () => {
  const delay = (failures: number, random: number) => delayOf({ failures, askedMs: null }, random)
  expect([1, 2, 3, 10, 11, 1e6].map((failures) => delay(failures, 1))).toEqual([
    1000, 2000, 4000, 512_000, 600_000, 600_000,
  ])
  expect([0, 0.5, 1].map((random) => delay(3, random))).toEqual([2000, 3000, 4000])
})

test('what a remote asks for is done, between a second and an hour', () => {
  const asked = (askedMs: number) => delayOf({ failures: 9, askedMs }, 0.3)
  expect([0, 999, 1001, 3_600_000, 3_600_001, 1e15].map(asked)).toEqual([
    1000, 1000, 1001, 3_600_000, 3_600_000, 3_600_000,
  ])
})

test('Retry-After is read as seconds or as a date, and nothing else', () => {
  const now = Date.UTC(2026, 0, 31, 12)
  expect(retryAfterMs('120', now)).toBe(120_000)
  expect(retryAfterMs(' 0 ', now)).toBe(0)
  expect(retryAfterMs('Sat, 31 Jan 2026 12:00:30 GMT', now)).toBe(30_000)
  expect(retryAfterMs('Sat, 31 Jan 2026 11:00:00 GMT', now)).toBe(0)
  for (const text of ['', 'soon', '-5', '1.5', '5 minutes', '99999999999', 'Sat, 99 Jan 2026 12:00:30 GMT']) {
    expect(retryAfterMs(text, now)).toBeNull()
  }
  expect(retryAfterMs(null, now)).toBeNull()
})
