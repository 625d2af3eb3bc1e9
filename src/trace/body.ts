import {
  type ZlibOptions,
  brotliDecompressSync,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'
import type { Header } from '../merge/report.ts'
import { headerOf } from './exchange.ts'

/** Bytes as a reader wants them: JSON as a value, text as text, anything else as a note of what it is. */
export type Body = unknown

/** A body that unfolds to more than this is shown as what it is: compressed bytes. */
const mostInflatedBytes = 64 * 1024 * 1024

const inflaters: Readonly<Record<string, (bytes: Uint8Array, options: ZlibOptions) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: (bytes, { maxOutputLength }) => brotliDecompressSync(bytes, { maxOutputLength }),
  zstd: (bytes, { maxOutputLength }) => zstdDecompressSync(bytes, { maxOutputLength }),
}

export function bodyOf(bytes: Buffer, headers: readonly Header[]): Body {
  if (bytes.length === 0) return null
  const plain = inflated(bytes, headerOf(headers, 'content-encoding').trim().toLowerCase())
  const text = plain === null ? null : textOf(plain)
  if (text === null) return { binary: true, bytes: bytes.length, sha256: Bun.SHA256.hash(bytes, 'hex') }
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

function inflated(bytes: Buffer, encoding: string): Buffer | null {
  if (encoding === '' || encoding === 'identity') return bytes
  try {
    return inflaters[encoding]?.(bytes, { maxOutputLength: mostInflatedBytes }) ?? null
  } catch (error) {
    // Broken off, of another encoding than it says, or too large: zlib says so with a code.
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}

function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
