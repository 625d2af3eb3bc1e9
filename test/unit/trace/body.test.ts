import { expect, test } from 'bun:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { bodyOf } from '../../../src/trace/body.ts'

const encoded = (encoding: string) => [['Content-Encoding', encoding]] as const
const json = Buffer.from('{"a":"é"}')
const described = (bytes: Buffer) => ({
  binary: true,
  bytes: bytes.length,
  sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex'),
})

test('JSON is a value, text is text, and no bytes are null', () => {
  expect(bodyOf(json, [])).toEqual({ a: 'é' })
  expect(bodyOf(Buffer.from('plain'), [])).toBe('plain')
  expect(bodyOf(Buffer.alloc(0), [])).toBeNull()
})

test('compressed bodies are shown as what they hold', () => {
  expect(bodyOf(gzipSync(json), encoded('GZIP'))).toEqual({ a: 'é' })
  expect(bodyOf(deflateSync(json), encoded('deflate'))).toEqual({ a: 'é' })
  expect(bodyOf(brotliCompressSync(json), encoded('br'))).toEqual({ a: 'é' })
  expect(bodyOf(zstdCompressSync(json), encoded('zstd'))).toEqual({ a: 'é' })
  expect(bodyOf(json, encoded('identity'))).toEqual({ a: 'é' })
})

test('what is not text, not what its encoding says, or of an unknown encoding is described', () => {
  const binary = Buffer.from([0xff, 0xfe, 0])
  const broken = gzipSync(json).subarray(0, 12)
  expect(bodyOf(binary, [])).toEqual(described(binary))
  expect(bodyOf(broken, encoded('gzip'))).toEqual(described(broken))
  expect(bodyOf(json, encoded('br'))).toEqual(described(json))
  expect(bodyOf(json, encoded('compress'))).toEqual(described(json))
})

test('a body that unfolds past the bound stays folded', () => {
  const bomb = zstdCompressSync(Buffer.alloc(65 * 1024 * 1024))
  expect(bodyOf(bomb, encoded('zstd'))).toEqual(described(bomb))
})
