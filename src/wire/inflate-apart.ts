import * as zlib from 'node:zlib'
import { promisify } from 'node:util'
import { inOrder, isWrapped } from './inflate.ts'

/**
 * Inflating in another thread (of zlib's own): what a small body swells to may be 64 MiB, and that takes 40 to 200 ms,
 * in which this one would do nothing else.
 */
type Decode = (bytes: Uint8Array, mostBytes: number) => Promise<Uint8Array>

const inflateWrapped = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate)
const inflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflateRaw)
const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip)
const unbrotli = promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)
const unzstd = promisify<Uint8Array, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress)

const gzip: Decode = (bytes, maxOutputLength) => gunzip(bytes, { maxOutputLength })

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', gzip],
  ['x-gzip', gzip],
  [
    'deflate',
    (bytes, maxOutputLength) => (isWrapped(bytes) ? inflateWrapped : inflateRaw)(bytes, { maxOutputLength }),
  ],
  ['br', (bytes, maxOutputLength) => unbrotli(bytes, { maxOutputLength })],
  [
    'zstd',
    async (bytes, maxOutputLength) => {
      // node:zlib takes a cut body for a whole one, and Bun's own function knows no bound: together they know both.
      await unzstd(bytes, { maxOutputLength })
      return Bun.zstdDecompress(bytes)
    },
  ],
])

/** All of it, or null at the first thing that is wrong: cut, damaged, past the bound, in an encoding nobody knows. */
export async function inflateApart(
  bytes: Uint8Array,
  contentEncoding: string,
  mostBytes: number,
): Promise<Uint8Array | null> {
  const decodes = inOrder(contentEncoding, decoders)
  if (decodes === null) return null
  let left = bytes
  for (const decode of decodes) {
    const inflated = left.length === 0 ? null : await attempt(decode(left, mostBytes))
    if (inflated === null) return null
    left = inflated
  }
  return left
}

/** A decoder fails on bytes that are not in its encoding, and in no other way. */
async function attempt(decoding: Promise<Uint8Array>): Promise<Uint8Array | null> {
  try {
    return await decoding
  } catch {
    return null
  }
}
