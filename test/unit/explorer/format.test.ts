import { expect, test } from 'bun:test'
import {
  compare,
  compareRequest,
  formatBytes,
  formatCount,
  formatDollars,
  formatKind,
  formatMs,
  formatTime,
  shellQuoted,
  visible,
} from '../../../src/explorer/format.ts'

test.each([
  [null, '–'],
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_900_000, '1.9 MB'],
  [5e15, '5000 TB'],
])('%p bytes read as %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words)
})

test.each([
  [null, '–'],
  [0, '0.0 ms'],
  [9.94, '9.9 ms'],
  [9.95, '10 ms'],
  [999.4, '999 ms'],
  [999.5, '1.00 s'],
  [9994, '9.99 s'],
  [9995, '10.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 00 s'],
  [119_600, '2 min 00 s'],
  [3_725_000, '62 min 05 s'],
])('%p milliseconds read as %s', (ms, words) => {
  expect(formatMs(ms)).toBe(words)
})

test('a count that is not known is not zero', () => {
  expect([formatCount(null), formatCount(0), formatCount(1234567)]).toEqual(['–', '0', '1\u202f234\u202f567'])
})

test('a time of another day says which', () => {
  const noon = new Date(2026, 0, 31, 12, 5, 9).getTime()
  expect(formatTime(noon, noon + 3_600_000)).toBe('12:05:09')
  expect(formatTime(noon, noon + 86_400_000)).toBe('01-31 12:05:09')
})

test('bytes are identical by length and hash, and without a hash only known to differ', () => {
  const digest = (bytes: number, sha256: string | null) => ({ bytes, sha256 })
  expect(compare(digest(1, 'a'), digest(1, 'a'))).toBe('identical')
  expect(compare(digest(1, 'a'), digest(1, 'b'))).toBe('changed')
  expect(compare(digest(1, null), digest(2, null))).toBe('changed')
  expect(compare(digest(1, 'a'), digest(1, null))).toBe('not compared')
  expect(compare(digest(1, null), digest(1, null))).toBe('not compared')
  expect(compare(digest(0, 'a'), digest(1, 'b'))).toBe('by Weir')
})

test('a request whose model was renamed is not an alarm, and one that was refused went nowhere', () => {
  const digest = (bytes: number) => ({ bytes, sha256: String(bytes) })
  const of = (came: number, went: number, requestSplice: unknown = null) =>
    compareRequest({ sizes: { requestReceived: digest(came), requestSent: digest(went) }, requestSplice })
  expect(of(30, 30)).toBe('identical')
  expect(of(30, 25, { at: 9 })).toBe('model renamed')
  expect(of(30, 25)).toBe('changed')
  expect(of(30, 0)).toBe('not sent')
  expect(of(0, 0)).toBe('identical')
})

test('no control character stays out of sight', () => {
  expect(visible('\u001b[31m\0\u007f\u0085')).toBe('␛[31m␀␡[U+0085]')
  expect(visible('a\u202eb\u2066c')).toBe('a[U+202E]b[U+2066]c')
})

test('line breaks, tabs, right-to-left texts and 4-byte characters stay as they are', () => {
  const text = 'a\tb\nc שלום \u200f مرحبا 😀 é'
  expect(visible(text)).toBe(text)
})

test('a text becomes one argument of a shell', async () => {
  for (const text of ['plain', "it's", "'; rm -rf /; '", '$HOME `id` "x" \\', '', 'a\nb'])
    expect(Bun.spawnSync(['sh', '-c', `printf %s ${shellQuoted(text)}`]).stdout.toString()).toBe(text)
})

test.each([
  [null, '–'],
  ['0', '$0'],
  ['0.00000125', '$0.0000013'],
  ['0.5', '$0.5'],
  ['1.239', '$1.24'],
  ['12345.6', '$12\u202f345.60'],
])('%p dollars read as %s', (dollars, words) => {
  expect(formatDollars(dollars)).toBe(words)
})

test.each([
  ['cacheWrite1h', 'cache write 1h'],
  ['web_search', 'web search'],
  ['input', 'input'],
])('the kind %s reads as %s', (kind, words) => {
  expect(formatKind(kind)).toBe(words)
})
