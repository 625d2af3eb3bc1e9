import { concatenateInTurns, type Bytes } from './body.ts'
import { turn } from './turn.ts'

/**
 * Members of a JSON object's top level, found in its bytes without parsing it. What is not JSON finds nothing; what is
 * nearly JSON may find what a strict parser would refuse. An agent's history takes 0.3 ms a MiB, dense lists 2 to 3,
 * where decoding and parsing take 3 to 40.
 */
export type Span = { readonly start: number; readonly end: number }

export type Scan = {
  /** Where the values of those members stand that were found so far. Of repeated members the last counts. */
  readonly found: ReadonlyMap<string, Span>
  /** Looks at so many bytes more; false once there is nothing left to look at. */
  readonly advance: (bytes: number) => boolean
}

/** Where it stands: an object of its own, because the loop over nearly every byte works on it. */
type Place = { at: number; depth: number; isInString: boolean }

const quote = 0x22
const backslash = 0x5c

// The worst there is, `{"model":1,"model":1,...`, takes 20 ms a MiB: a turn of it is then under three.
const mostAtOnceBytes = 128 << 10

// A string is looked through byte by byte for so long, and by native search from there: a call of that costs as much
// as 30 bytes. Of 0, 8, 16, 32 and 64 it is the one that is never bad.
const nearBytes = 32

const opens = 1
const closes = 2
const quotes = 3
/** What the signs of the nesting do; 0 for all other bytes. */
const kinds = new Uint8Array(256)
for (const sign of [0x7b, 0x5b]) kinds[sign] = opens
for (const sign of [0x7d, 0x5d]) kinds[sign] = closes
kinds[quote] = quotes

export function findMembers(body: Uint8Array, names: readonly string[]): ReadonlyMap<string, Span> {
  const scan = createScan(body, names)
  scan.advance(body.byteLength)
  return scan.found
}

/** The same for a body of any size: others have their turns meanwhile. */
export async function findMembersInTurns(
  body: Uint8Array,
  names: readonly string[],
): Promise<ReadonlyMap<string, Span>> {
  const scan = createScan(body, names)
  while (scan.advance(mostAtOnceBytes)) await turn()
  return scan.found
}

export function createScan(bytes: Uint8Array, names: readonly string[]): Scan {
  const found = new Map<string, Span>()
  const place: Place = { at: 0, depth: 0, isInString: false }
  // The name or value at hand, without the space around it; -1 while it has not begun.
  let start = -1
  let end = -1
  let name: string | undefined
  let isOver = false

  function advance(more: number): boolean {
    const isRest = more >= bytes.length - place.at
    const window = isRest ? bytes : bytes.subarray(0, place.at + more)
    while (place.at < window.length && !isOver) {
      if (place.depth > 1 || place.isInString) {
        skip(window, place)
        end = place.at
      } else {
        take(bytes[place.at] ?? 0)
        place.at++
      }
    }
    return place.at < bytes.length && !isOver
  }

  /** A byte of the top level, outside of strings. */
  function take(byte: number): void {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return
    if (place.depth === 0) {
      place.depth = 1
      isOver = byte !== 0x7b
    } else if (byte === 0x3a) {
      name = nameOf(bytes, { start, end }, names)
      start = -1
    } else if (byte === 0x2c || byte === 0x7d) {
      if (name !== undefined && start !== -1) found.set(name, { start, end })
      name = undefined
      start = -1
      isOver = byte === 0x7d
    } else {
      if (start === -1) start = place.at
      end = place.at + 1
      if (kinds[byte] === quotes) place.isInString = true
      if (kinds[byte] === opens) place.depth++
    }
  }

  return { found, advance }
}

/** Past what is nested, or past the end of a string of the top level. */
function skip(bytes: Uint8Array, place: Place): void {
  let { at, depth, isInString } = place
  while (at < bytes.length) {
    if (isInString) {
      at = endOfString(bytes, at)
      if (at >= bytes.length) break
      isInString = false
      at++
      if (depth === 1) break
      continue
    }
    const kind = kinds[bytes[at++] ?? 0]
    if (kind === quotes) isInString = true
    if (kind === opens) depth++
    if (kind === closes && --depth === 1) break
  }
  place.at = at
  place.depth = depth
  place.isInString = isInString
}

/** Where the quote stands that closes the string; without one, the end or the byte behind it: never within an escape. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    const near = Math.min(at + nearBytes, bytes.length)
    while (at < near) {
      const byte = bytes[at]
      if (byte === quote) return at
      at += byte === backslash ? 2 : 1
    }
    if (at >= bytes.length) return at
    const next = bytes.indexOf(quote, at)
    const stop = next === -1 ? bytes.length : next
    let slashes = 0
    while (stop - slashes > at && bytes[stop - slashes - 1] === backslash) slashes++
    if (slashes % 2 === 0) return stop
    at = stop + 1
  }
}

/** Which of the names it is, if any. */
function nameOf(bytes: Uint8Array, { start, end }: Span, names: readonly string[]): string | undefined {
  if (bytes[start] !== quote) return undefined
  const length = end - start - 2
  for (const name of names) if (name.length === length && isAt(bytes, start + 1, name)) return name
  // Escapes can spell the same name, six bytes a letter: "mod\u0065l" is `model` to every parser.
  if (length > longestOf(names) * 6 || !isEscaped(bytes, start, end)) return undefined
  const name = valueAt(bytes, { start, end })
  return names.find((candidate) => candidate === name)
}

function longestOf(names: readonly string[]): number {
  let longest = 0
  for (const { length } of names) longest = Math.max(longest, length)
  return longest
}

function isEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === backslash) return true
  return false
}

function isAt(bytes: Uint8Array, start: number, name: string): boolean {
  for (let at = 0; at < name.length; at++) if (bytes[start + at] !== name.charCodeAt(at)) return false
  return true
}

/** The parsed value of a span, or undefined where it is no JSON. */
export function valueAt(body: Uint8Array, span: Span | undefined): unknown {
  if (span === undefined) return undefined
  try {
    return JSON.parse(textAt(body, span))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Without a view of those bytes, which costs the main thread 1.5 µs, more than the parsing. */
function textAt(body: Uint8Array, { start, end }: Span): string {
  return Buffer.prototype.toString.call(body, 'utf8', start, end)
}

/** The bytes with one span replaced: all others as they were. */
export function replaceSpan(body: Uint8Array, { start, end }: Span, text: string): Promise<Bytes> {
  return concatenateInTurns([body.subarray(0, start), new TextEncoder().encode(text), body.subarray(end)])
}
