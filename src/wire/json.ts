/**
 * Members of a JSON object's top level, found in its bytes without parsing it: strings are skipped by native search,
 * so that 2 MB of an agent's history cost about half a millisecond where decoding and parsing cost seven.
 * What is not JSON finds nothing; what is nearly JSON may find what a strict parser would refuse.
 */
export type Span = { readonly start: number; readonly end: number }

const quote = 0x22
const backslash = 0x5c
const decoder = new TextDecoder()

/** Where the values of these members stand. Of repeated members the last counts, as in every parser. */
export function findMembers(body: Uint8Array, names: readonly string[]): Map<string, Span> {
  const found = new Map<string, Span>()
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  let at = skipSpace(bytes, 0)
  if (bytes[at] !== 0x7b) return found
  at = skipSpace(bytes, at + 1)
  while (bytes[at] === quote) {
    const nameEnd = endOfString(bytes, at)
    const colon = skipSpace(bytes, nameEnd)
    if (bytes[colon] !== 0x3a) return found
    const start = skipSpace(bytes, colon + 1)
    const end = endOfValue(bytes, start)
    if (end === start) return found
    const name = wanted(bytes, { start: at, end: nameEnd }, names)
    if (name !== undefined) found.set(name, { start, end })
    at = skipSpace(bytes, end)
    if (bytes[at] !== 0x2c) return found
    at = skipSpace(bytes, at + 1)
  }
  return found
}

/** The parsed value of a span, or undefined where it is no JSON. */
export function valueAt(body: Uint8Array, span: Span | undefined): unknown {
  if (span === undefined) return undefined
  try {
    return JSON.parse(decoder.decode(body.subarray(span.start, span.end)))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The bytes with one span replaced: all others as they were. */
export function replaceSpan(body: Uint8Array, span: Span, text: string): Uint8Array<ArrayBuffer> {
  const middle = new TextEncoder().encode(text)
  const replaced = new Uint8Array(body.byteLength - (span.end - span.start) + middle.byteLength)
  replaced.set(body.subarray(0, span.start), 0)
  replaced.set(middle, span.start)
  replaced.set(body.subarray(span.end), span.start + middle.byteLength)
  return replaced
}

function wanted(bytes: Buffer, span: Span, names: readonly string[]): string | undefined {
  // Most members are told apart by their first letter, without making a text of their name.
  const first = bytes[span.start + 1]
  if (first !== backslash && !names.some((name) => name.charCodeAt(0) === first)) return undefined
  // Escapes can spell the same name: "mod\u0065l" is `model` to every parser.
  const plain = bytes.toString('latin1', span.start + 1, span.end - 1)
  const name = plain.includes('\\') ? valueAt(bytes, span) : plain
  return names.find((candidate) => candidate === name)
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  for (;;) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
    at++
  }
}

/** Past the closing quote of the string that opens at `from`. */
function endOfString(bytes: Buffer, from: number): number {
  let at = from + 1
  for (;;) {
    const close = bytes.indexOf(quote, at)
    if (close === -1) return bytes.length
    let slashes = 0
    while (bytes[close - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return close + 1
    at = close + 1
  }
}

function endOfValue(bytes: Buffer, from: number): number {
  const first = bytes[from]
  if (first === quote) return endOfString(bytes, from)
  if (first === 0x7b || first === 0x5b) return endOfContainer(bytes, from)
  let at = from
  for (;;) {
    const byte = bytes[at]
    if (byte === undefined || byte === 0x2c || byte === 0x7d || byte === 0x5d || byte <= 0x20) return at
    at++
  }
}

function endOfContainer(bytes: Buffer, from: number): number {
  let depth = 0
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === quote) {
      at = endOfString(bytes, at)
      continue
    }
    if (byte === 0x7b || byte === 0x5b) depth++
    if (byte === 0x7d || byte === 0x5d) depth--
    at++
    if (depth === 0) return at
  }
  return bytes.length
}
