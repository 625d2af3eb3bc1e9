import { expect, test } from 'bun:test'
import {
  credentialsInQuery,
  decode,
  maskQuery,
  secretsInQuery,
  withoutCredentials,
} from '../../../src/wire/query.ts'

test('credentials in a query are masked, and can be had to be looked for', () => {
  const path = '/x?key=a%20b&alt=sse&access_token=c&API-Key=d&monkey=e&key='
  expect(maskQuery(path)).toBe(
    '/x?key=[redacted]&alt=sse&access_token=[redacted]&API-Key=[redacted]&monkey=e&key=[redacted]',
  )
  expect(secretsInQuery(path)).toEqual(['a%20b', 'c', 'd', ''])
  expect([maskQuery('/key=1'), secretsInQuery('/key=1')]).toEqual(['/key=1', []])
})

test.each([
  'subscription-key',
  'sig',
  'Signature',
  'X-Amz-Security-Token',
  'x-goog-credential',
  'client_secret',
  'password',
  '%6bey',
  'ap%69-key',
])('%s in a query is a secret', (name) => {
  const path = `/x?a=1&${name}=abc%20d&b=2`
  expect(maskQuery(path)).toBe(`/x?a=1&${name}=[redacted]&b=2`)
  expect(secretsInQuery(path)).toEqual(['abc%20d'])
})

test('what names something else, or has no value, is none', () => {
  for (const path of ['/x', '/x?', '/x?key', '/x?monkey=1&keys=2&sigma=3&tokens=4', '/x?%zz=1', '/sig=1?a=b'])
    expect([maskQuery(path), secretsInQuery(path)]).toEqual([path, []])
})

test('only what opens a provider is taken out, and tells who a client is', () => {
  expect(withoutCredentials('/x?key=a&sig=b&api_key=c&alt=sse')).toBe('/x?sig=b&alt=sse')
  expect(withoutCredentials('/x?%6Bey=a')).toBe('/x')
  expect([withoutCredentials('/x?'), withoutCredentials('/x')]).toEqual(['/x?', '/x'])
  expect(credentialsInQuery('/x?sig=b&key=a')).toEqual(['a'])
})

test('what is percent-encoded is decoded, and the rest stays', () => {
  expect([decode('a%20b'), decode('a%2')]).toEqual(['a b', 'a%2'])
})
