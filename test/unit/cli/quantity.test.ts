import { expect, test } from 'bun:test'
import {
  countText,
  durationText,
  momentText,
  parseDuration,
  parseMoment,
  parseSize,
  sizeText,
} from '../../../src/cli/quantity.ts'

test('durations are read with their units, alone or together', () => {
  expect(['250ms', '90s', '15m', '15min', '2h', '1.5h', '30d', '1w', '1h30m'].map(parseDuration)).toEqual([
    250, 90_000, 900_000, 900_000, 7_200_000, 5_400_000, 2_592_000_000, 604_800_000, 5_400_000,
  ])
})

test('what is no duration is not read as one', () => {
  for (const text of ['', '5', '-5s', '5x', 's', '5 s', '1h30', '1e3s', '5S', '5constructor', 'Infinityh']) {
    expect(parseDuration(text)).toBeNull()
  }
})

test('a moment is a time ago or an ISO date', () => {
  const now = Date.parse('2026-05-02T10:00:00Z')
  expect(parseMoment('2h', now)).toBe(Date.parse('2026-05-02T08:00:00Z'))
  expect(parseMoment('2026-05-01', now)).toBe(Date.parse('2026-05-01T00:00:00Z'))
  expect(parseMoment('2026-05-01T10:00:00Z', now)).toBe(Date.parse('2026-05-01T10:00:00Z'))
  expect(parseMoment('2026-05-01T10:00+02:00', now)).toBe(Date.parse('2026-05-01T08:00:00Z'))
  for (const text of ['', 'yesterday', '2026', '2026-13-01', '2026-05-01 10:00', '5/1/2026']) {
    expect(parseMoment(text, now)).toBeNull()
  }
})

test('sizes are read in powers of 1000 and of 1024', () => {
  expect(
    ['0', '1024', '10B', '1kB', '1KB', '2.5MB', '1GB', '1TB', '500MiB', '1 GiB', '1KiB'].map(parseSize),
  ).toEqual([0, 1024, 10, 1000, 1000, 2_500_000, 1e9, 1e12, 524_288_000, 1_073_741_824, 1024])
  for (const text of ['', 'GB', '-1', '1XB', '1e3', '1 G B', '1toString']) expect(parseSize(text)).toBeNull()
})

test('durations are written so that each edge keeps its sense', () => {
  const cases: [number, string][] = [
    [0, '0.0 ms'],
    [0.44, '0.4 ms'],
    [9.94, '9.9 ms'],
    [9.95, '10 ms'],
    [999.4, '999 ms'],
    [999.5, '1.0 s'],
    [1234, '1.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1 m 00 s'],
    [125_000, '2 m 05 s'],
    [3_599_400, '59 m 59 s'],
    [3_599_500, '1 h 00 m'],
    [3_900_000, '1 h 05 m'],
    [172_799_999, '2 d'],
    [86_400_000 * 30, '30 d'],
  ]
  for (const [ms, text] of cases) expect(durationText(ms)).toBe(text)
})

test('sizes are written so that each edge keeps its sense', () => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [3_400_000, '3.4 MB'],
    [1e15, '1000.0 TB'],
  ]
  for (const [bytes, text] of cases) expect(sizeText(bytes)).toBe(text)
})

test('what is not known is a dash, never a zero', () => {
  expect([durationText(null), sizeText(null), countText(null)]).toEqual(['-', '-', '-'])
})

test('counts are grouped, and moments are in UTC', () => {
  expect([0, 999, 1000, 1_234_567].map(countText)).toEqual(['0', '999', '1,000', '1,234,567'])
  expect(momentText(Date.parse('2026-01-31T12:05:09.999Z'))).toBe('2026-01-31 12:05:09')
})
