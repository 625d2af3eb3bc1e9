import { expect, test } from 'bun:test'
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { inflateApart } from '../../../src/wire/inflate-apart.ts'
import { inflate, inflateWhole } from '../../../src/wire/inflate.ts'
import { bytesOf, createChance } from '../../support/cuts.ts'

const next = createChance(5)
const text = Array.from({ length: 20_000 }, (_, at) => `data: {"n":${at},"chance":${next(1e9)}}\n\n`).join('')
const plain = bytesOf(text)

// At the level that is the default this text takes a second, at this one 18 ms.
const brotli = (bytes: Uint8Array) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })

const encodings: readonly (readonly [string, string, Uint8Array])[] = [
  ['gzip', 'gzip', gzipSync(plain)],
  ['x-gzip', 'x-gzip', gzipSync(plain)],
  ['deflate', 'deflate', deflateSync(plain)],
  ['deflate without its wrapping', 'deflate', deflateRawSync(plain)],
  ['br', 'br', brotli(plain)],
  ['zstd', 'zstd', zstdCompressSync(plain)],
  ['gzip, br', ' GZIP ,br', brotli(gzipSync(plain))],
  [
    'gzip in two members',
    'gzip',
    Buffer.concat([gzipSync(plain.subarray(0, 999)), gzipSync(plain.subarray(999))]),
  ],
]

for (const [name, encoding, packed] of encodings) {
  test(`${name}: a whole body is inflated`, () => {
    const { bytes, whole } = inflate(packed, encoding, plain.length)
    expect(whole).toBe(true)
    expect(Buffer.compare(bytes, plain)).toBe(0)
  })

  test(`${name}: who wants the whole gets it, or nothing, here and in another thread`, async () => {
    for (const inflated of [
      inflateWhole(packed, encoding, plain.length),
      await inflateApart(packed, encoding, plain.length),
    ]) {
      expect(Buffer.compare(inflated ?? bytesOf('none'), plain)).toBe(0)
    }
    for (const [bytes, most] of [
      [packed.subarray(0, packed.length * 0.999), plain.length],
      [packed, plain.length - 1],
      [new Uint8Array(0), 100],
      [bytesOf('data: {}\n\n'), 100],
    ] as const) {
      expect(inflateWhole(bytes, encoding, most)).toBeNull()
      expect(await inflateApart(bytes, encoding, most)).toBeNull()
    }
  })

  test(`${name}: a body cut in the middle gives its beginning`, () => {
    for (const share of [0.5, 0.8, 0.999]) {
      const { bytes, whole } = inflate(packed.subarray(0, packed.length * share), encoding, plain.length)
      expect(whole).toBe(false)
      expect(bytes.length).toBeGreaterThan(plain.length * share * 0.5)
      expect(Buffer.compare(bytes, plain.subarray(0, bytes.length))).toBe(0)
    }
  })

  test(`${name}: what swells past the bound gives a beginning within it`, () => {
    const { bytes, whole } = inflate(packed, encoding, plain.length - 1)
    expect(whole).toBe(false)
    expect(bytes.length).toBeLessThan(plain.length)
    expect(Buffer.compare(bytes, plain.subarray(0, bytes.length))).toBe(0)
  })

  test(`${name}: nothing, and what is not compressed, never throw`, () => {
    expect(inflate(new Uint8Array(0), encoding, 100).whole).toBe(false)
    expect(inflate(bytesOf('data: {}\n\n'), encoding, 100).whole).toBe(false)
  })
}

test('a bomb is stopped at the bound', () => {
  const bomb = gzipSync(new Uint8Array(64 << 20))
  const { bytes, whole } = inflate(bomb, 'gzip', 1 << 20)
  expect(whole).toBe(false)
  expect(bytes.length).toBeLessThanOrEqual(1 << 20)
  expect(bytes.length).toBeGreaterThan(1 << 18)
})

test('an encoding nobody knows gives nothing', async () => {
  expect(await inflateApart(plain, 'compress', 100)).toBeNull()
  expect(await inflateApart(plain, 'gzip, gzip, gzip, gzip, gzip', 100)).toBeNull()
  expect(inflate(plain, 'compress', 100)).toEqual({ bytes: new Uint8Array(0), whole: false })
  expect(inflate(plain, 'constructor', 100)).toEqual({ bytes: new Uint8Array(0), whole: false })
  expect(inflate(plain, 'gzip, gzip, gzip, gzip, gzip', 100).bytes).toHaveLength(0)
  expect(inflateWhole(plain, 'compress', 100)).toBeNull()
  expect(inflateWhole(plain, 'gzip, gzip, gzip, gzip, gzip', 100)).toBeNull()
})

test('no encoding leaves the bytes as they are', async () => {
  expect(inflate(plain, 'identity', 1)).toEqual({ bytes: plain, whole: true })
  expect(inflate(plain, '', 1).bytes).toBe(plain)
  expect(inflateWhole(plain, 'identity', 1)).toBe(plain)
  expect(await inflateApart(plain, 'identity', 1)).toBe(plain)
})
