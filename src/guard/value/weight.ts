import { checkSize, type Meter } from './meter.ts'
import type { Dict, List, Thing, Value } from './value.ts'

/**
 * How much a value is with everything in it, in characters and items. Lists share what they hold, so that forty lines
 * of `x := [x, x]` hold forty lists and are 2^40 items to whoever walks them: no rule may make such a value.
 */
export function weightOf(value: Value): number {
  if (typeof value === 'string') return 1 + value.length
  if (typeof value !== 'object' || value === null) return 1
  switch (value.kind) {
    case 'text':
      return 1 + value.text.length
    case 'list':
      return value.source === undefined ? weightOfItems(value, value.items) : remembered(value.source)
    case 'dict':
      return value.source === undefined
        ? weightOfItems(value, value.entries.values())
        : remembered(value.source)
    case 'thing':
      // A part of the trace is what it was read from; a result is its members.
      return value.place === null && value.known !== null
        ? weightOfItems(value, value.known.values())
        : remembered(value.source)
    case 'callable':
    case 'type':
    case 'module':
      return 1
  }
}

// Only what holds more than plain values is remembered: a thousand entries take the collector longer to visit than the
// values take to be gone through again.
const known = new WeakMap<object, number>()

function weightOfItems(holder: object, items: Iterable<Value>): number {
  const before = known.get(holder)
  if (before !== undefined) return before
  let weight = 1
  let isNested = false
  for (const item of items) {
    isNested ||= typeof item === 'object' && item !== null && item.kind !== 'text'
    weight += weightOf(item)
  }
  if (isNested) known.set(holder, weight)
  return weight
}

function remembered(json: unknown): number {
  if (typeof json !== 'object' || json === null) return 1
  const before = known.get(json)
  if (before !== undefined) return before
  const weight = weightOfJson(json)
  known.set(json, weight)
  return weight
}

function weightOfJson(json: unknown): number {
  if (typeof json === 'string') return 1 + json.length
  if (typeof json !== 'object' || json === null) return 1
  let weight = 1
  if (Array.isArray(json)) for (const item of json) weight += weightOfJson(item)
  else for (const [key, item] of Object.entries(json)) weight += 1 + key.length + weightOfJson(item)
  return weight
}

/** What an object takes beside its items, in characters; an item is a word, and often a short string of its own. */
const objects = { list: 16, dict: 60, thing: 100 } as const
const ofItem = 4

/** What a rule has made: refused if it is too large, and counted among what it holds. */
export function made(meter: Meter, value: Value): Value {
  if (typeof value === 'string') {
    checkSize(meter, value.length)
    meter.made += value.length + ofItem
    return value
  }
  if (typeof value !== 'object' || value === null) return value
  if (value.kind !== 'list' && value.kind !== 'dict' && value.kind !== 'thing') return value
  // Parts of the trace are there anyway.
  if (value.place !== null) return value
  const weight = weightOf(value)
  checkSize(meter, weight)
  meter.made += objects[value.kind] + ofItem * itemsOf(value, weight)
  return value
}

function itemsOf(value: List | Dict | Thing, weight: number): number {
  if (value.kind === 'thing') return value.known?.size ?? 0
  if (value.source !== undefined) return weight
  return value.kind === 'list' ? value.items.length : value.entries.size
}

/** About how many nanoseconds it takes to go through a value once. */
export function effortOf(value: Value): number {
  return typeof value === 'object' && value !== null ? weightOf(value) : lengthOf(value)
}

/** The same for what goes through strings alone. */
export function lengthOf(value: Value): number {
  if (typeof value === 'string') return value.length
  return typeof value === 'object' && value !== null && value.kind === 'text' ? value.text.length : 0
}
