import { expect, test } from 'bun:test'
import { deflate } from '../../../src/wire/deflate.ts'
import { inflateWhole } from '../../../src/wire/inflate.ts'

const text = Buffer.from(`{"messages":["${'said '.repeat(500)}\u{1F600}"]}`)

test('what is put into encodings comes out of them, in the order in which they are named', () => {
  for (const encoding of [
    'gzip',
    'X-GZIP',
    'deflate',
    'br',
    'zstd',
    'gzip, br',
    'br,zstd , gzip',
    'identity',
  ]) {
    const packed = deflate(text, encoding)
    expect(packed).not.toBeNull()
    expect([encoding, inflateWhole(packed ?? text, encoding, 1 << 20)]).toEqual([encoding, text])
  }
})

test('an encoding that nobody knows, and a list that nobody means, are null', () => {
  for (const encoding of ['compress', 'gzip, aws-chunked', 'gzip, gzip, gzip, gzip, gzip']) {
    expect([encoding, deflate(text, encoding)]).toEqual([encoding, null])
  }
})
