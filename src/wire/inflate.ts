import * as zlib from 'node:zlib'

/**
 * Compressed bodies, as far as they can be had: a body cut in the middle gives what had arrived of it, a body that
 * swells past the bound gives its beginning. `whole` tells whether that is all of it.
 */
export type Inflated = { readonly bytes: Uint8Array; readonly whole: boolean }

const nothing: Inflated = { bytes: new Uint8Array(0), whole: false }

export function inflate(bytes: Uint8Array, contentEncoding: string, mostBytes: number): Inflated {
  const decodes = inOrder(contentEncoding, decoders)
  if (decodes === null) return nothing
  let left: Inflated = { bytes, whole: true }
  for (const decode of decodes) {
    const inflated = inflateOne(left.bytes, decode, mostBytes)
    left = { bytes: inflated.bytes, whole: left.whole && inflated.whole }
  }
  return left
}

/** For who has no use for a beginning: null at the first thing that is wrong, and no second look at a bomb. */
export function inflateWhole(
  bytes: Uint8Array,
  contentEncoding: string,
  mostBytes: number,
): Uint8Array | null {
  const decodes = inOrder(contentEncoding, decoders)
  if (decodes === null) return null
  let left = bytes
  for (const decode of decodes) {
    const inflated = left.length === 0 ? null : attempt(left, decode, mostBytes, 'strict')
    if (inflated === null) return null
    left = inflated
  }
  return left
}

/**
 * The decoders of a `content-encoding`, in the order in which they are to be used. Encodings may be stacked (`gzip,
 * br`): the last one was put on last, so it comes off first. Null if one of them is unknown, or there are more than
 * anybody stacks: a long list is an attempt to keep us busy.
 */
export function inOrder<T>(contentEncoding: string, known: ReadonlyMap<string, T>): T[] | null {
  const encodings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (encodings.length > 4) return null
  const decodes = encodings.toReversed().map((encoding) => known.get(encoding))
  return decodes.every((decode) => decode !== undefined) ? decodes : null
}

/** Strict: throws on a body that is not whole. Lenient: gives what a cut body has. Both throw past the bound. */
type Mode = 'strict' | 'lenient'
type Decode = (bytes: Uint8Array, mostBytes: number, mode: Mode) => Uint8Array

const { Z_SYNC_FLUSH, Z_FINISH, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH, ZSTD_e_flush } =
  zlib.constants

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', brotli],
  ['zstd', zstd],
])

/** How often a beginning that can be read is looked for: to 1/256 of the body. */
const mostTries = 8

function inflateOne(bytes: Uint8Array, decode: Decode, mostBytes: number): Inflated {
  if (bytes.length === 0) return nothing
  const strict = attempt(bytes, decode, mostBytes, 'strict')
  if (strict !== null) return { bytes: strict, whole: true }
  const lenient = attempt(bytes, decode, mostBytes, 'lenient')
  if (lenient !== null) return { bytes: lenient, whole: false }
  // Too much, or damaged within. A decoder that fails gives nothing, so give it less until it does not fail.
  let best = nothing.bytes
  let least = 0
  let most = bytes.length
  for (let tries = 0; tries < mostTries; tries++) {
    const half = (least + most) >>> 1
    const beginning = attempt(bytes.subarray(0, half), decode, mostBytes, 'lenient')
    if (beginning === null) {
      most = half
      continue
    }
    best = beginning
    least = half
  }
  return { bytes: best, whole: false }
}

/** Null where the decoder fails: on damage, on a cut if it is strict, past the bound. */
function attempt(bytes: Uint8Array, decode: Decode, mostBytes: number, mode: Mode): Uint8Array | null {
  try {
    return decode(bytes, mostBytes, mode)
  } catch {
    return null
  }
}

function gzip(bytes: Uint8Array, maxOutputLength: number, mode: Mode): Uint8Array {
  return zlib.gunzipSync(bytes, { maxOutputLength, finishFlush: mode === 'strict' ? Z_FINISH : Z_SYNC_FLUSH })
}

function deflate(bytes: Uint8Array, maxOutputLength: number, mode: Mode): Uint8Array {
  const options = { maxOutputLength, finishFlush: mode === 'strict' ? Z_FINISH : Z_SYNC_FLUSH }
  return isWrapped(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options)
}

/** Some leave the zlib wrapping out. It starts with a method of 8 and is a multiple of 31. */
export function isWrapped(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes
  return (first & 15) === 8 && (first * 256 + second) % 31 === 0
}

function brotli(bytes: Uint8Array, maxOutputLength: number, mode: Mode): Uint8Array {
  const finishFlush = mode === 'strict' ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH
  return zlib.brotliDecompressSync(bytes, { maxOutputLength, finishFlush })
}

/** node:zlib takes a cut body for a whole one, and Bun's own function knows no bound: together they know both. */
function zstd(bytes: Uint8Array, maxOutputLength: number, mode: Mode): Uint8Array {
  const told = zlib.zstdDecompressSync(bytes, { maxOutputLength, finishFlush: ZSTD_e_flush })
  return mode === 'strict' ? Bun.zstdDecompressSync(bytes) : told
}
