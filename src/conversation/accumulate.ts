import { isObject, ownAt, put } from './json.ts'
import type { JsonObject } from './json.ts'

/**
 * How fields that nobody knows add up, in every dialect. In a delta, strings are pieces (`absorb`); outside of it
 * they are values (`overlay`). Null never overwrites a value, and nothing is ever lost because it is new.
 */

/** Strings that are told again rather than continued: the last one stands, in a delta too. */
const values = new Set([
  'role',
  'id',
  'type',
  'name',
  'index',
  'format',
  'signature',
  'thought_signature',
  'channel',
  'object',
  'model',
  'status',
  'finish_reason',
  'call_id',
  'item_id',
  'tool_call_id',
  'tool_use_id',
  'mime_type',
  'media_type',
])

/** Tokens of a model repeat themselves in a few letters. */
const leastRepeated = 8

/** Elements told out of order are looked for among so many of the last ones: a bound that keeps merging linear. */
const nearby = 32

export function absorb(target: JsonObject, delta: JsonObject): void {
  for (const key in delta) absorbField(target, key, delta[key])
}

export function absorbField(target: JsonObject, key: string, piece: unknown): void {
  const before = ownAt(target, key)
  if (before === undefined || before === null) {
    put(target, key, Array.isArray(piece) ? extend([], piece) : piece)
    return
  }
  if (piece === null || piece === undefined) return
  if (typeof piece === 'string' && typeof before === 'string') {
    if (!values.has(key)) put(target, key, before + piece)
    else if (piece !== '') put(target, key, piece)
    return
  }
  if (Array.isArray(before)) {
    if (typeof piece === 'string') continueText(before, piece)
    else extend(before, Array.isArray(piece) ? piece : [piece])
    return
  }
  if (isObject(before) && isObject(piece)) absorb(before, piece)
  else put(target, key, piece)
}

export function overlay(target: JsonObject, told: JsonObject): void {
  for (const key in told) overlayField(target, key, told[key])
}

export function overlayField(target: JsonObject, key: string, value: unknown): void {
  const before = ownAt(target, key)
  if (before === undefined || before === null) put(target, key, value)
  else if (value === null || value === undefined || value === '') return
  else if (isObject(before) && isObject(value)) overlay(before, value)
  else put(target, key, value)
}

/** Elements with an `index` continue the element of that index (and type); the others are new ones. */
export function extend(list: unknown[], pieces: readonly unknown[]): unknown[] {
  for (const piece of pieces) {
    const before =
      isObject(piece) && typeof piece['index'] === 'number' ? elementLike(list, piece) : undefined
    if (before === undefined || !isObject(piece)) list.push(piece)
    else if (isToldAgain(before, piece)) overlay(before, piece)
    else absorb(before, piece)
  }
  return list
}

/** Pieces of a text where a list stands: one text within it, in however many pieces it came. */
function continueText(list: unknown[], piece: string): void {
  const last = list.at(-1)
  if (typeof last === 'string') list[list.length - 1] = last + piece
  else list.push(piece)
}

/**
 * Whether an element comes whole once more, with something added to it (a tool that ran, with its output): it has all
 * that was known word for word, and a text among that which is longer than chance repeats.
 */
function isToldAgain(before: JsonObject, piece: JsonObject): boolean {
  let isLong = false
  for (const key in before) {
    const value = before[key]
    if (typeof value === 'object' && value !== null) continue
    if (value !== piece[key]) return false
    isLong ||= typeof value === 'string' && value.length >= leastRepeated && !values.has(key)
  }
  return isLong && Object.keys(piece).some((key) => before[key] === undefined)
}

function elementLike(list: readonly unknown[], piece: JsonObject): JsonObject | undefined {
  const least = Math.max(0, list.length - nearby)
  for (let at = list.length - 1; at >= least; at--) {
    const element = list[at]
    if (isObject(element) && isSame(element, piece)) return element
  }
  const element = list[Number(piece['index'])]
  return isObject(element) && isSame(element, piece) ? element : undefined
}

function isSame(element: JsonObject, piece: JsonObject): boolean {
  if (element['index'] !== piece['index']) return false
  const type = element['type'] ?? piece['type']
  return type === (piece['type'] ?? type)
}
