import type { SseEvent } from './sse.ts'

/**
 * Events that are alike but for a text that grows, and for noise: the tokens of an answer. A run of them is told as one
 * event, the last of them with all their texts, without reading any but the first: 20,000 tokens in 2 ms and not in 15.
 */

/** What is known of an event: the field whose text grows, and where a field stands that may differ. */
export type Growth = { readonly field: string; readonly value: RegExp }

/** `noise`: fields that say nothing which a later one does not say. */
export function createGrowth(field: string, noise: readonly string[]): Growth {
  const names = [field, ...noise].join('|')
  return {
    field,
    value: new RegExp(`("(${names})": ?)("(?:[^"\\\\]|\\\\.)*"|\\d+(?=[,}\\s]))`, 'g'),
  }
}

/** Null for an event that has any other effect than its text. */
export type Grows = (event: SseEvent) => Growth | null

export type Run = {
  /** How far events go on from there that belong to it; the place itself if none does. */
  readonly take: (text: string, from: number) => number
  /** What was taken since the last time as one event; null if it cannot be put together. */
  readonly joined: () => SseEvent | null
}

export type RunOf = {
  /** Of one event: its lines and its blank line. */
  readonly text: string
  readonly event: SseEvent
  readonly growth: Growth
  /** A longer event belongs to no run: it is for the parser to say that it is too long. */
  readonly mostCharacters: number
}

type Hole = 'piece' | 'text' | 'number'
/** What may differ, and what stands behind it in every event of the run. */
type Gap = { readonly hole: Hole; readonly literal: string }
type Cut = { readonly first: string; readonly gaps: readonly Gap[] }

const shape = /^((?:event:[^\r\n]*\r?\n)?data: ?)(\{.*\})([ \t]*\r?\n\r?\n)$/
const quote = '"'

/** Null if the event has more to it than one line of data, or if it is not plain which text it is that grows. */
export function createRun({ text, event, growth, mostCharacters }: RunOf): Run | null {
  const [, before = '', json = '', behind = ''] = shape.exec(text) ?? []
  const found = cut(json, growth)
  if (found === null) return null
  // Named anew: what is not null here is not null in the functions below.
  const cutting: Cut = found
  const { gaps } = found
  const first = before + found.first
  const last = `}${behind}`
  const joint = last + first
  const pieces: string[] = []
  let piece = ''
  let latest = ''

  /** From behind the first literal to behind the last one; -1 if it is another event. */
  function pass(source: string, from: number): number {
    let at = from
    for (const { hole, literal } of gaps) {
      const end = holeEnd(source, at, hole)
      if (end === -1 || !source.startsWith(literal, end)) return -1
      if (hole === 'piece') piece = source.slice(at, end)
      at = end + literal.length
    }
    return at
  }
  function take(source: string, from: number): number {
    let at = from
    let start = from
    let next = source.startsWith(first, from) ? from + first.length : -1
    while (next !== -1) {
      const passed = pass(source, next)
      if (passed === -1 || passed - at > mostCharacters) break
      // Anthropic pads its events with blanks before the last brace, so that nobody can guess tokens from their size.
      const brace = spacesEnd(source, passed)
      const isJoined = source.startsWith(joint, brace)
      if (!isJoined && !source.startsWith(last, brace)) break
      pieces.push(piece)
      start = at
      at = brace + last.length
      next = isJoined ? brace + joint.length : -1
    }
    if (at > from) latest = source.slice(start + before.length, at - behind.length)
    return at
  }
  function joined(): SseEvent | null {
    const grown = pieces.join('')
    const isRefused = isBroken(pieces, grown)
    pieces.length = 0
    return isRefused ? null : { ...event, data: withPiece(latest, cutting, grown) }
  }
  return { take, joined }
}

/** Whether one of them is no text of a JSON string: without this look a broken event would take its neighbours with it. */
function isBroken(pieces: readonly string[], joined: string): boolean {
  if (control.test(joined)) return true
  // Told apart: `\u12` would be whole with what the next one starts with.
  return joined.includes('\\') && brokenEscape.test(pieces.join(quote))
}

const control = /[\u0000-\u001f]/
const brokenEscape = /\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/

function cut(json: string, { field, value }: Growth): Cut | null {
  const holes: Hole[] = []
  const literals: string[] = []
  let at = 0
  for (const { 0: whole, 1: head = '', 2: name, 3: told = '', index } of json.matchAll(value)) {
    const isText = told.startsWith(quote)
    if (name === field && !isText) return null
    literals.push(json.slice(at, index + head.length + (isText ? 1 : 0)))
    holes.push(name === field ? 'piece' : isText ? 'text' : 'number')
    at = index + whole.length - (isText ? 1 : 0)
  }
  if (holes.filter((hole) => hole === 'piece').length !== 1) return null
  const [first = '', ...others] = [...literals, json.slice(at, -1).trimEnd()]
  return { first, gaps: holes.map((hole, index) => ({ hole, literal: others[index] ?? '' })) }
}

function holeEnd(text: string, from: number, hole: Hole): number {
  switch (hole) {
    case 'piece':
      return closingQuote(text, from)
    case 'text':
      return plainEnd(text, from)
    case 'number':
      return numberEnd(text, from)
  }
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf(quote, from)
  while (at !== -1) {
    let before = at
    while (before > from && text.charCodeAt(before - 1) === 0x5c) before--
    if ((at - before) % 2 === 0) return at
    at = text.indexOf(quote, at + 1)
  }
  return -1
}

/** Noise is short and of letters and digits; anything else is looked at by those who read it. */
function plainEnd(text: string, from: number): number {
  for (let at = from; at < from + 256; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (!(code > 0x20 && code < 0x7f) || code === 0x5c) return -1
  }
  return -1
}

function numberEnd(text: string, from: number): number {
  let at = from
  while (isDigit(text.charCodeAt(at))) at++
  const isNumber = at > from && at - from < 16 && (at === from + 1 || text[from] !== '0')
  return isNumber ? at : -1
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function spacesEnd(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 0x20) at++
  return at
}

/** The event with another text in it: what else may differ stays as the event has it. */
function withPiece(json: string, { first, gaps }: Cut, piece: string): string {
  let at = first.length
  for (const { hole, literal } of gaps) {
    const end = holeEnd(json, at, hole)
    if (hole === 'piece') return json.slice(0, at) + piece + json.slice(end)
    at = end + literal.length
  }
  return json
}
