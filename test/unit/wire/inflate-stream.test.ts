import { expect, test } from 'bun:test'
import * as zlib from 'node:zlib'
import { createInflater } from '../../../src/wire/inflate-stream.ts'

const text = Array.from({ length: 40 }, (_, at) => `data: {"number":${at},"word":"löwe"}\n\n`).join('')

const deflaters: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ['gzip', (bytes) => zlib.gzipSync(bytes)],
  ['x-gzip', (bytes) => zlib.gzipSync(bytes)],
  ['deflate', (bytes) => zlib.deflateSync(bytes)],
  ['deflate', (bytes) => zlib.deflateRawSync(bytes)],
  ['br', (bytes) => zlib.brotliCompressSync(bytes)],
  ['zstd', (bytes) => zlib.zstdCompressSync(bytes)],
  ['gzip, br', (bytes) => zlib.brotliCompressSync(zlib.gzipSync(bytes))],
]

async function inflated(encoding: string, parts: readonly Uint8Array[]): Promise<string | null> {
  const inflater = createInflater(encoding, 1 << 20)
  const told: Uint8Array[] = []
  for (const part of parts) {
    const bytes = await inflater?.feed(part)
    if (bytes === null || bytes === undefined) return null
    told.push(bytes)
  }
  inflater?.close()
  return Buffer.concat(told).toString()
}

test.each(deflaters)('%s comes out as it went in, however it is cut', async (encoding, deflate) => {
  const bytes = deflate(Buffer.from(text))
  for (const size of [1, 7, bytes.length]) {
    const parts: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size))
    expect(await inflated(encoding, parts)).toBe(text)
  }
})

test('what has come can be read at once where the sender flushed', async () => {
  const deflater = zlib.createGzip()
  const parts: Uint8Array[] = []
  deflater.on('data', (part: Uint8Array) => parts.push(part))
  deflater.write('data: one\n\n')
  await new Promise<void>((resolve) => deflater.flush(() => resolve()))
  expect(await inflated('gzip', parts)).toBe('data: one\n\n')
})

test('two gzip members one after the other are one text', async () => {
  expect(await inflated('gzip', [zlib.gzipSync('one '), zlib.gzipSync('two')])).toBe('one two')
})

test('damage is told, and everything behind it is unread', async () => {
  const inflater = createInflater('gzip', 100)
  expect(await inflater?.feed(Buffer.from('this is no gzip'))).toBe(null)
  expect(await inflater?.feed(zlib.gzipSync('fine'))).toBe(null)
})

test.each(['br', 'deflate', 'zstd'])(
  'bytes behind the end of %s are not taken for read',
  async (encoding) => {
    const deflate = deflaters.find(([name]) => name === encoding)?.[1]
    const parts = [deflate?.(Buffer.from(text)) ?? new Uint8Array(0), Buffer.from('and plain text')]
    expect(await inflated(encoding, parts)).toBe(null)
  },
)

test('a text that swells past the bound is refused, and one at the bound is not', async () => {
  const bytes = zlib.gzipSync(Buffer.alloc(5000))
  expect((await createInflater('gzip', 5000)?.feed(bytes))?.length).toBe(5000)
  expect(await createInflater('gzip', 4999)?.feed(bytes)).toBe(null)
})

test('an encoding nobody knows has no inflater', () => {
  expect(createInflater('compress', 100)).toBe(null)
})
