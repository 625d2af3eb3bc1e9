import { expect, test } from 'bun:test'
import { endToEnd, isSecret, toProvider, toRecord } from '../../../src/wire/headers.ts'

test('headers of one connection go, those it names too, and all others stay', () => {
  const headers = new Headers([
    ['Connection', 'close, X-Hop , keep-alive'],
    ['X-Hop', '1'],
    ['Keep-Alive', 'timeout=5'],
    ['TE', 'trailers'],
    ['Trailer', 'x'],
    ['Transfer-Encoding', 'chunked'],
    ['Upgrade', 'h2c'],
    ['Proxy-Authorization', 'Basic x'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
    ['X-Kept', 'é'],
  ])
  const passed = endToEnd(headers)
  expect([...passed.keys()].toSorted()).toEqual(['set-cookie', 'set-cookie', 'x-kept'])
  expect(passed.getSetCookie()).toEqual(['a=1', 'b=2'])
  expect(headers.get('x-hop')).toBe('1')
})

test('a connection that names what can be no header does no harm', () => {
  const headers = new Headers({ connection: 'a b, , (x), X-Hop', 'x-hop': '1', 'x-kept': '2' })
  expect([...endToEnd(headers)]).toEqual([['x-kept', '2']])
})

test('a provider gets neither the address nor what is meant for Weir', () => {
  const headers = new Headers({
    host: 'here',
    expect: '100-continue',
    'X-Weir-Any': '1',
    'Invariant-Push': 'push',
    'x-weird': '2',
  })
  expect([...toProvider(headers)]).toEqual([['x-weird', '2']])
})

test('credentials are recorded by name only', () => {
  const names = [
    'Authorization',
    'X-Api-Key',
    'Api-Key',
    'Cookie',
    'X-Goog-Api-Key',
    'X-Amz-Security-Token',
    'apikey',
    'X-Forwarded-Authorization',
  ]
  for (const name of names) {
    expect(toRecord(new Headers({ [name]: 'secret' }))).toEqual([[name.toLowerCase(), '[redacted]']])
  }
  const open = new Headers({ accept: '*/*', 'x-monkey': '1', 'x-keyboard': '2', 'idempotency-token-id': '3' })
  expect(toRecord(open).map(([, value]) => value)).not.toContain('[redacted]')
  expect(isSecret('x-monkey')).toBe(false)
})
