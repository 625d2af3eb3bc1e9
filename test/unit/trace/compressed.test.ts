import { expect, test } from 'bun:test'
import { clearRequest, withheldOf } from '../../../src/trace/compressed.ts'
import { createSecrets } from '../../../src/trace/secrets.ts'
import { deflate } from '../../../src/wire/deflate.ts'
import { inflateWhole } from '../../../src/wire/inflate.ts'

const secret = 'sk-canary-123456'
const stars = '*'.repeat(secret.length)
const secrets = createSecrets([secret])
const encodings = ['gzip', 'deflate', 'br', 'zstd', 'gzip, br', 'zstd,gzip']

const said = (what: string) => Buffer.from(`{"messages":["${'m'.repeat(300)} ${what}"]}`)
const packed = (bytes: Buffer, encoding: string) => Buffer.from(deflate(bytes, encoding) ?? [])
const headersOf = (encoding: string): [string, string][] => [['Content-Encoding', encoding]]

test('a request with a credential within is packed anew without it, in every encoding', () => {
  for (const encoding of encodings) {
    const cleared = clearRequest(packed(said(secret), encoding), headersOf(encoding), secrets)
    expect(cleared.withheld).toBe('credential-within')
    const plain = Buffer.from(inflateWhole(cleared.bytes, encoding, 1 << 20) ?? [])
    expect([encoding, plain.toString()]).toEqual([encoding, said(stars).toString()])
  }
})

test('a compressed request without a credential stays the bytes that came', () => {
  for (const encoding of encodings) {
    const body = packed(said('nothing'), encoding)
    expect(clearRequest(body, headersOf(encoding), secrets)).toEqual({ bytes: body, withheld: null })
  }
})

test('a request within which nobody can look is not kept where there are credentials, and is where there are none', () => {
  const whole = packed(said(secret), 'gzip')
  const bodies: [string, Buffer][] = [
    ['compress', whole],
    ['gzip, gzip, gzip, gzip, gzip', whole],
    ['gzip', whole.subarray(0, -9)],
    ['gzip', said(secret)],
    ['gzip, br', whole],
    ['br', whole],
    ['zstd', packed(said(secret), 'zstd').subarray(0, -3)],
  ]
  for (const [encoding, body] of bodies) {
    const cleared = clearRequest(body, headersOf(encoding), secrets)
    expect([encoding, cleared.bytes.length, cleared.withheld]).toEqual([encoding, 0, 'unreadable'])
    const none = clearRequest(body, headersOf(encoding), createSecrets([]))
    expect([encoding, none.bytes === body, none.withheld]).toEqual([encoding, true, null])
  }
})

test('an encoding that is none is searched as it is', () => {
  for (const encoding of ['', 'identity', ' Identity , identity']) {
    const cleared = clearRequest(said(secret), headersOf(encoding), secrets)
    expect([encoding, cleared.bytes.toString()]).toEqual([encoding, said(stars).toString()])
    expect(cleared.withheld).toBeNull()
  }
})

test('a request that swells past the bound is not kept', () => {
  const bomb = packed(Buffer.alloc(65 << 20), 'zstd')
  expect(clearRequest(bomb, headersOf('zstd'), secrets)).toMatchObject({ withheld: 'unreadable' })
})

function replyOf(bytes: Buffer, encoding: string, isWhole = true) {
  const half = bytes.length >> 1
  return {
    headers: encoding === '' ? [] : headersOf(encoding),
    kept: () => [Buffer.alloc(0), bytes.subarray(0, half), bytes.subarray(half)],
    isWhole,
  }
}

test('an answer with a credential within is withheld, whole or cut, whether its header says so or not', () => {
  for (const encoding of encodings) {
    const bytes = packed(said(secret), encoding)
    expect(withheldOf(replyOf(bytes, encoding), secrets)).toBe('credential-within')
    expect(withheldOf(replyOf(packed(said('nothing'), encoding), encoding), secrets)).toBeNull()
    expect(withheldOf(replyOf(bytes, encoding), createSecrets([]))).toBeNull()
  }
  const long = packed(Buffer.concat([said(secret), crypto.getRandomValues(Buffer.alloc(60_000))]), 'gzip')
  expect(withheldOf(replyOf(long.subarray(0, 40_000), 'gzip', false), secrets)).toBe('credential-within')
  expect(withheldOf(replyOf(packed(said(secret), 'gzip'), ''), secrets)).toBe('credential-within')
  expect(withheldOf(replyOf(packed(said('nothing'), 'gzip'), ''), secrets)).toBeNull()
})

test('of a cut answer the beginning is looked at; one that should be whole and is damaged is withheld', () => {
  const long = packed(Buffer.concat([said('x'), crypto.getRandomValues(Buffer.alloc(60_000))]), 'gzip')
  const cut = long.subarray(0, 40_000)
  expect(withheldOf(replyOf(cut, 'gzip', false), secrets)).toBeNull()
  expect(withheldOf(replyOf(cut, 'gzip', true), secrets)).toBe('unreadable')
  expect(withheldOf(replyOf(said('x'), 'compress', false), secrets)).toBe('unreadable')
  expect(withheldOf(replyOf(said('x'), 'gzip'), secrets)).toBe('unreadable')
})

test('an answer without bytes, or that is not compressed, is not withheld', () => {
  expect(withheldOf(replyOf(Buffer.alloc(0), 'gzip'), secrets)).toBeNull()
  expect(withheldOf(replyOf(said(secret), 'identity'), secrets)).toBeNull()
  expect(withheldOf(replyOf(said(secret), ''), secrets)).toBeNull()
})
