import { expect, test } from 'bun:test'
import { isLoopback, parseListen } from '../../../src/config/server.ts'

test('an address may be host and port, in brackets, only a port, or every address', () => {
  const forms: Record<string, [string, number]> = {
    '127.0.0.1:9347': ['127.0.0.1', 9347],
    'localhost:0': ['localhost', 0],
    'weir.example.org:65535': ['weir.example.org', 65_535],
    '[::1]:0': ['::1', 0],
    '[::]:80': ['::', 80],
    '[::ffff:10.0.0.1]:80': ['::ffff:10.0.0.1', 80],
    ':9347': ['0.0.0.0', 9347],
    '9347': ['127.0.0.1', 9347],
    '0': ['127.0.0.1', 0],
  }
  for (const [text, [host, port]] of Object.entries(forms)) expect(parseListen(text)).toEqual({ host, port })
})

test('what is no address is refused', () => {
  const wrong = [
    '',
    ':',
    'host',
    'host:',
    'host:65536',
    '::1:80',
    '[::1]',
    '[x]:1',
    'a b:1',
    '-1',
    '1.5',
    'http://a:1',
  ]
  for (const text of wrong) expect(parseListen(text)).toBeNull()
})

test('only addresses of this machine are loopback', () => {
  for (const host of ['127.0.0.1', '127.255.0.9', '::1', 'localhost']) expect(isLoopback(host)).toBe(true)
  for (const host of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.0.0.1.evil.org',
    'localhost.evil.org',
    '1127.0.0.1',
  ]) {
    expect(isLoopback(host)).toBe(false)
  }
})
