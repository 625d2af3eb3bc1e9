import * as zlib from 'node:zlib'
import { inOrder } from './inflate.ts'

/**
 * The way back from `inflate`: bytes in the encodings that a body came in, so that who reads it by its headers reads it
 * still. Quickly rather than small: the store compresses once more.
 */
type Encode = (bytes: Uint8Array) => Uint8Array

const { BROTLI_PARAM_QUALITY } = zlib.constants

const gzip: Encode = (bytes) => zlib.gzipSync(bytes, { level: 1 })

const encoders: ReadonlyMap<string, Encode> = new Map<string, Encode>([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', (bytes) => zlib.deflateSync(bytes, { level: 1 })],
  ['br', (bytes) => zlib.brotliCompressSync(bytes, { params: { [BROTLI_PARAM_QUALITY]: 1 } })],
  ['zstd', (bytes) => Bun.zstdCompressSync(bytes, { level: 1 })],
])

/** Null for an encoding that nobody here knows. */
export function deflate(bytes: Uint8Array, contentEncoding: string): Uint8Array | null {
  const encodes = inOrder(contentEncoding, encoders)
  return encodes?.toReversed().reduce((packed, encode) => encode(packed), bytes) ?? null
}
