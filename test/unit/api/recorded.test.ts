import { expect, test } from 'bun:test'
import { bytesHeaders, replayHeaders } from '../../../src/api/recorded.ts'
import type { Header } from '../../../src/merge/report.ts'

const hostile: Header[] = [
  ['Content-Type', 'text/html'],
  ['Content-Encoding', 'gzip'],
  ['access-control-allow-origin', '*'],
  ['set-cookie', 'a=b'],
  ['clear-site-data', '"*"'],
  ['location', 'https://evil.example'],
  ['refresh', '0; url=https://evil.example'],
  ['link', '<https://evil.example>; rel=preload'],
  ['content-security-policy', "script-src 'unsafe-inline'"],
  ['service-worker-allowed', '/'],
  ['strict-transport-security', 'max-age=1'],
  ['transfer-encoding', 'chunked'],
  ['connection', 'keep-alive'],
  ['content-length', '3'],
  ['x-weir-trace', 'other'],
  ['x-request-id', 'r1'],
  ['openai-version', '2020-10-01'],
  ['anthropic-ratelimit-requests-limit', '5'],
  ['retry-after', '3'],
]

test('a browser never runs recorded bytes, whatever they say they are', () => {
  for (const headers of [bytesHeaders(hostile, 'x'), replayHeaders(hostile, 'x')]) {
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toStartWith('sandbox;')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  }
})

test('of the recorded headers only what SDKs read is served again', () => {
  const names = [...replayHeaders(hostile, 'x').keys()].sort()
  expect(names).toEqual(
    [
      'anthropic-ratelimit-requests-limit',
      'cache-control',
      'content-encoding',
      'content-security-policy',
      'content-type',
      'cross-origin-resource-policy',
      'openai-version',
      'referrer-policy',
      'retry-after',
      'x-content-type-options',
      'x-request-id',
      'x-weir-replay-of',
    ].sort(),
  )
})

test('raw bytes arrive as recorded: their encoding stands beside them', () => {
  const headers = bytesHeaders(hostile, 'id-answer')
  expect(headers.get('content-encoding')).toBeNull()
  expect(headers.get('x-weir-content-encoding')).toBe('gzip')
})

test.each([
  ['text/event-stream; charset=utf-8', null, 'id.sse'],
  ['application/json', null, 'id.json'],
  ['application/vnd.api+json', 'gzip', 'id.json.gzip'],
  ['text/html', null, 'id.txt'],
  ['audio/mpeg', 'br', 'id.bin.br'],
  ['application/json', 'a"; b', 'id.json.ab'],
  [null, null, 'id.bin'],
])('the type %p in the encoding %p is saved as a file called %s', (type, encoding, file) => {
  const recorded: Header[] = []
  if (type !== null) recorded.push(['content-type', type])
  if (encoding !== null) recorded.push(['content-encoding', encoding])
  expect(bytesHeaders(recorded, 'id').get('content-disposition')).toBe(`attachment; filename="${file}"`)
})
