import { expect, test } from 'bun:test'
import { createGuard } from '../../../src/api/guard.ts'
import { createAccess } from '../../../src/api/home/access.ts'
import { Fault } from '../../../src/core/fault.ts'

const open = { token: undefined, isLoopback: true }

/** What becomes of a request with these headers: its fault's code, or `allowed`. */
function outcomeOf(
  headers: Record<string, string>,
  options = open as { token: string | undefined; isLoopback: boolean },
) {
  try {
    const access = createAccess({ ...options, access: 'auto', now: () => 0, wait: () => Promise.resolve() })
    access.take('{"keys":[],"hasKeys":false,"policies":[],"owned":[]}')
    createGuard({ access, isLoopback: options.isLoopback })(
      new Request('http://localhost/api/traces', { headers: new Headers(headers) }),
    )
    return 'allowed'
  } catch (error) {
    return error instanceof Fault ? error.code : 'thrown'
  }
}

const guarded = { token: 'correct horse', isLoopback: false }
const shortToken = { token: 'abc', isLoopback: false }

test('the token lets in, whatever the case of its scheme', () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER'])
    expect(outcomeOf({ authorization: `${scheme} abc` }, shortToken)).toBe('allowed')
})

test.each([
  '',
  'Bearer',
  'Bearer ',
  'Bearer ab',
  'Bearer abcd',
  'Bearer ABC',
  'Basic abc',
  'abc',
  'Bearer abc abc',
])('the token is asked for by "%s"', (authorization) => {
  expect(outcomeOf({ authorization }, shortToken)).toBe('unauthorized')
})

test('no token at all is refused where one is needed', () => {
  expect(outcomeOf({}, guarded)).toBe('unauthorized')
})

test.each([
  'localhost',
  'localhost:9347',
  'LOCALHOST:1',
  '127.0.0.1',
  '127.0.0.1:9347',
  '127.1.2.3',
  '[::1]',
  '[::1]:80',
  'weir.localhost:9347',
])('on loopback the name %s is our own', (host) => {
  expect(outcomeOf({ host })).toBe('allowed')
})

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example:9347',
  '192.168.0.1',
  '127.0.0.1@evil',
  '',
])('on loopback without a token the name "%s" is refused: it may have been rebound', (host) => {
  expect(outcomeOf({ host })).toBe('forbidden')
})

test('elsewhere, and with a token, any name is accepted', () => {
  expect(outcomeOf({ host: 'weir.example' }, { token: undefined, isLoopback: false })).toBe('allowed')
  expect(
    outcomeOf({ host: 'weir.example', authorization: 'Bearer abc' }, { token: 'abc', isLoopback: true }),
  ).toBe('allowed')
})

test.each(['cross-site', 'same-site', 'anything'])('what a browser sends from %s is refused', (site) => {
  expect(outcomeOf({ 'sec-fetch-site': site })).toBe('forbidden')
})

test.each(['same-origin', 'none'])('what a browser sends from %s is accepted', (site) => {
  expect(outcomeOf({ 'sec-fetch-site': site })).toBe('allowed')
})

test('a foreign origin is refused before the token is looked at', () => {
  const headers = { host: 'weir.example', origin: 'https://evil.example', authorization: 'Bearer abc' }
  expect(outcomeOf(headers, shortToken)).toBe('forbidden')
})

test.each(['null', 'https://evil.example', 'http://127.0.0.1:1', 'http://127.0.0.1', 'file://', 'garbage'])(
  'the origin "%s" is foreign',
  (origin) => {
    expect(outcomeOf({ host: '127.0.0.1:9347', origin })).toBe('forbidden')
  },
)

test.each([
  ['127.0.0.1:9347', 'http://127.0.0.1:9347'],
  ['localhost', 'http://localhost'],
  ['localhost:80', 'http://localhost'],
])('to the host %s the origin %s is our own', (host, origin) => {
  expect(outcomeOf({ host, origin })).toBe('allowed')
})

test('behind a proxy that ends TLS the origin is known by its host', () => {
  const headers = { host: 'weir.example', origin: 'https://weir.example', authorization: 'Bearer abc' }
  expect(outcomeOf(headers, shortToken)).toBe('allowed')
})

test.each(['script', 'style', 'image', 'iframe', 'object', 'worker'])(
  'no page may load the API as %s',
  (use) => {
    expect(outcomeOf({ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': use })).toBe('forbidden')
  },
)

test.each(['empty', 'document'])('a page may load the API as %s', (use) => {
  expect(outcomeOf({ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': use })).toBe('allowed')
})
