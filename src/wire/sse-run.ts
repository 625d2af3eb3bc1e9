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
  /** What was taken since the last time as one event. */
  readonly joined: () => SseEvent
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
type Cut = { readonly first: string; readonly inner: readonly Gap[]; readonly last: Gap }

const shape = /^((?:event:[^\r\n]*\r?\n)?data: ?)(\{.*\})([ \t]*\r?\n\r?\n)$/
const quote = '"'

/** Null if the event has more to it than one line of data, or if it is not plain which text it is that grows. */
export function createRun({ text, event, growth, mostCharacters }: RunOf): Run | null {
  const [, before = '', json = '', behind = ''] = shape.exec(text) ?? []
  const found = cut(json, growth)
  if (found === null) return null
  // Named anew: what is not null here is not null in the functions below.
  const cutting: Cut = found
  const { inner, last } = cutting
  const first = before + cutting.first
  const end = `}${behind}`
  const chain = last.literal + end + first
  const pieces: string[] = []
  let piece = ''
  let latest = ''

  function fill(source: string, from: number, hole: Hole): number {
    const filled = holeEnd(source, from, hole)
    if (hole === 'piece' && filled !== -1) piece = source.slice(from, filled)
    return filled
  }
  /** From behind the first literal to behind what may differ last, or -1. */
  function pass(source: string, from: number): number {
    let at = from
    for (const { hole, literal } of inner) {
      const filled = fill(source, at, hole)
      if (filled === -1 || !source.startsWith(literal, filled)) return -1
      at = filled + literal.length
    }
    return fill(source, at, last.hole)
  }
  /** The last brace. Anthropic puts blanks before it, so that nobody can guess tokens from the size of events. */
  function braceOf(source: string, passed: number): number {
    if (!source.startsWith(last.literal, passed)) return -1
    const brace = spacesEnd(source, passed + last.literal.length)
    return source.startsWith(end, brace) ? brace : -1
  }
  function take(source: string, from: number): number {
    let at = from
    let start = from
    let next = source.startsWith(first, from) ? from + first.length : -1
    while (next !== -1) {
      const passed = pass(source, next)
      if (passed === -1 || passed - at > mostCharacters) break
      // One comparison for the end of one event and the beginning of another.
      const isChained = source.startsWith(chain, passed)
      const brace = isChained ? passed + last.literal.length : braceOf(source, passed)
      if (brace === -1) break
      pieces.push(piece)
      start = at
      at = brace + end.length
      next = isChained || source.startsWith(first, at) ? at + first.length : -1
    }
    if (at > from) latest = source.slice(start + before.length, at - behind.length)
    return at
  }
  function joined(): SseEvent {
    return { ...event, data: withPiece(latest, cutting, pieces.splice(0).join('')) }
  }
  return { take, joined }
}

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
  const gaps = holes.map((hole, index) => ({ hole, literal: others[index] ?? '' }))
  const last = gaps.pop()
  return last === undefined ? null : { first, inner: gaps, last }
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

/**
 * Where the text of a JSON string ends; -1 if it is none: a broken event would take its neighbours with it. Character by
 * character, because tokens are so short that a native search takes longer to begin.
 */
function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (code < 0x20) return -1
    if (code !== 0x5c) continue
    const length = escapeLength(text, at)
    if (length === -1) return -1
    at += length - 1
  }
  return -1
}

function escapeLength(text: string, at: number): number {
  const code = text.charCodeAt(at + 1)
  if (code === 0x75) return fourDigits.test(text.slice(at + 2, at + 6)) ? 6 : -1
  return escaped.has(code) ? 2 : -1
}

const fourDigits = /^[0-9a-fA-F]{4}$/
const escaped: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)))

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
function withPiece(json: string, { first, inner, last }: Cut, piece: string): string {
  let at = first.length
  for (const { hole, literal } of [...inner, last]) {
    const end = holeEnd(json, at, hole)
    if (hole === 'piece') return json.slice(0, at) + piece + json.slice(end)
    at = end + literal.length
  }
  return json
}
