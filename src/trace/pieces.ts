/**
 * Where a body is cut, so that what two requests have in common is stored once. An agent sends its whole
 * history with each turn: cut at the elements of the body's top-level arrays, a turn costs its new messages.
 * A scan of bytes, not a parser: what is not JSON, or breaks off, still has ends that join to the same bytes.
 */

/** A shorter stretch costs more as a row of its own (hash, index, count) than within the list of its trace. */
export const leastPieceBytes = 256
const binaryPieceBytes = 64 * 1024
/** More pieces than this in one body and the store would stall for it: 12 µs each, so 0.2 s at the very most. */
const mostPieces = 16_384

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** The ends of the stretches of a body, the last being its length. Those under `leastPieceBytes` are literals. */
export function cut(body: Uint8Array): number[] {
  if (body.length === 0) return []
  return isJson(body) ? cutJson(body) : cutBinary(body)
}

function isJson(body: Uint8Array): boolean {
  for (const byte of body) {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue
    return byte === openBrace || byte === openBracket
  }
  return false
}

function cutBinary(body: Uint8Array): number[] {
  const ends: number[] = []
  // One form of text is one piece: cut blindly, a character more in its head would change every piece.
  const step = body.length > 2 * binaryPieceBytes ? binaryPieceBytes : body.length
  for (let end = step; end < body.length; end += step) ends.push(end)
  ends.push(body.length)
  return ends
}

/**
 * An element's end stands before its comma, so that the last element of one turn is the same bytes as the last
 * but one of the next. The start of a top-level array always ends a stretch: what varies in a short preamble
 * (a temperature, a session) does not make a long first message new.
 */
function cutJson(body: Uint8Array): number[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  const least = leastFor(body.length)
  const ends: number[] = []
  let start = 0
  let depth = 0
  let within = 0
  const end = (at: number) => {
    ends.push(at)
    start = at
  }
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) {
      at = endOfString(bytes, at)
    } else if (byte === openBrace || byte === openBracket) {
      depth++
      if (depth === 2) within = byte
      if (depth === 2 && byte === openBracket) end(at + 1)
    } else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 2 && within === openBracket && at - start >= least) end(at)
      depth--
    } else if (byte === comma && at - start >= least) {
      if (depth === 1 || (depth === 2 && within === openBracket)) end(at)
    }
  }
  if (start < bytes.length) ends.push(bytes.length)
  return ends
}

/** Grows in powers of two, so that a body that gets longer is cut alike nearly all the time. */
function leastFor(length: number): number {
  let least = leastPieceBytes
  while (least * mostPieces < length) least *= 2
  return least
}

/** The place of the quote that ends the string begun at `from`, or the end. Native search: 10 times a loop. */
function endOfString(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(quote, from + 1)
  while (at !== -1 && isEscaped(bytes, at, from)) at = bytes.indexOf(quote, at + 1)
  return at === -1 ? bytes.length : at
}

function isEscaped(bytes: Buffer, at: number, from: number): boolean {
  let slashes = 0
  while (at - 1 - slashes > from && bytes[at - 1 - slashes] === backslash) slashes++
  return slashes % 2 === 1
}
