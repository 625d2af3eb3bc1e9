import { expect, test } from 'bun:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Header } from '../../../src/merge/report.ts'
import { bodyOf } from '../../../src/trace/body.ts'

const encoded = (encoding: string) => [['Content-Encoding', encoding]] as const
const typed = (type: string) => [['Content-Type', type]] as const
const json = Buffer.from('{"a":"é"}')
const digestOf = (bytes: Buffer) => ({
  bytes: bytes.length,
  sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex'),
})
const described = (bytes: Buffer, contentType: string | null = null) => ({
  kind: 'binary',
  contentType,
  ...digestOf(bytes),
})
const read = (bytes: Buffer, headers: readonly Header[]) =>
  bodyOf(bytes, headers, { digest: digestOf(bytes) })

test('JSON is a value, text is text, and no bytes are null', () => {
  expect(read(json, [])).toEqual({ a: 'é' })
  expect(read(Buffer.from('plain'), [])).toBe('plain')
  expect(read(Buffer.alloc(0), [])).toBeNull()
  expect(read(Buffer.alloc(0), typed('audio/mpeg'))).toBeNull()
})

test('sound and pictures are references, even if their bytes could be read as text', () => {
  for (const type of ['audio/mpeg', 'image/png; x=y', 'Video/MP4', 'application/pdf'])
    expect(read(json, typed(type))).toEqual(described(json, type))
  expect(read(Buffer.from('<svg/>'), typed('image/svg+xml'))).toBe('<svg/>')
})

test('what is served as octets is read for what it is, if all of it is here', () => {
  const lines = Buffer.from('{"a":1}\n{"a":2}\n')
  const octets = typed('application/octet-stream')
  expect(read(lines, octets)).toBe(lines.toString())
  expect(bodyOf(lines.subarray(0, 8), octets, { digest: digestOf(lines) })).toEqual(
    described(lines, 'application/octet-stream'),
  )
})

test('a reference tells of all that came, not of what is kept', () => {
  const known = { digest: digestOf(json) }
  expect(bodyOf(json.subarray(0, 2), typed('audio/mpeg'), known)).toEqual(described(json, 'audio/mpeg'))
  expect(bodyOf(Buffer.alloc(0), typed('audio/mpeg'), known)).toEqual(described(json, 'audio/mpeg'))
  const unseen = { digest: { bytes: 9, sha256: null } }
  expect(bodyOf(Buffer.alloc(0), typed('audio/mpeg'), unseen)).toMatchObject({ bytes: 9, sha256: null })
  // Of a text that was not kept there is nothing to show.
  expect(bodyOf(Buffer.alloc(0), [], known)).toBeNull()
})

test('a form is told by its parts', () => {
  const parts = [{ name: 'file', fileName: 'a.mp3', contentType: null, bytes: 3, sha256: 'x' }]
  expect(
    bodyOf(Buffer.alloc(0), typed('multipart/form-data; boundary=x'), { digest: digestOf(json), parts }),
  ).toEqual({
    kind: 'multipart',
    contentType: 'multipart/form-data; boundary=x',
    ...digestOf(json),
    parts,
  })
})

test('compressed bodies are shown as what they hold', () => {
  expect(read(gzipSync(json), encoded('GZIP'))).toEqual({ a: 'é' })
  expect(read(deflateSync(json), encoded('deflate'))).toEqual({ a: 'é' })
  expect(read(brotliCompressSync(json), encoded('br'))).toEqual({ a: 'é' })
  expect(read(zstdCompressSync(json), encoded('zstd'))).toEqual({ a: 'é' })
  expect(read(json, encoded('identity'))).toEqual({ a: 'é' })
})

test('what is not text, not what its encoding says, or of an unknown encoding is described', () => {
  const binary = Buffer.from([0xff, 0xfe, 0])
  const broken = gzipSync(json).subarray(0, 12)
  expect(read(binary, [])).toEqual(described(binary))
  expect(read(broken, encoded('gzip'))).toEqual(described(broken))
  expect(read(json, encoded('br'))).toEqual(described(json))
  expect(read(json, encoded('compress'))).toEqual(described(json))
})

test('a body that unfolds past the bound stays folded', () => {
  const bomb = zstdCompressSync(Buffer.alloc(65 * 1024 * 1024))
  expect(read(bomb, encoded('zstd'))).toEqual(described(bomb))
})
