import { checkSize, type Meter } from './meter.ts'
import type { Value } from './value.ts'

/**
 * How much a value is with everything in it, in characters and items. Lists share what they hold, so that forty lines
 * of `x := [x, x]` hold forty lists and are 2^40 items to whoever walks them: no rule may make such a value.
 */
const known = new WeakMap<object, number>()

export function weightOf(value: Value): number {
  if (typeof value === 'string') return 1 + value.length
  if (typeof value !== 'object' || value === null) return 1
  if (value.kind === 'text') return 1 + value.text.length
  const before = known.get(value)
  if (before !== undefined) return before
  const weight = weigh(value)
  known.set(value, weight)
  return weight
}

function weigh(value: Exclude<Value, string | number | bigint | boolean | null | { kind: 'text' }>): number {
  let weight = 1
  switch (value.kind) {
    case 'list':
      if (value.source !== undefined) return weightOfJson(value.source)
      for (const item of value.items) weight += weightOf(item)
      return weight
    case 'dict':
      if (value.source !== undefined) return weightOfJson(value.source)
      for (const [key, item] of value.entries) weight += 1 + key.length + weightOf(item)
      return weight
    case 'thing':
      // A part of the trace is what it was read from; a result is its members.
      if (value.place === null) for (const item of value.known.values()) weight += weightOf(item)
      return weight + weightOfJson(value.source)
    case 'callable':
    case 'type':
    case 'module':
      return 1
  }
}

function weightOfJson(json: unknown): number {
  if (typeof json === 'string') return 1 + json.length
  if (typeof json !== 'object' || json === null) return 1
  const before = known.get(json)
  if (before !== undefined) return before
  let weight = 1
  if (Array.isArray(json)) for (const item of json) weight += weightOfJson(item)
  else for (const [key, item] of Object.entries(json)) weight += 1 + key.length + weightOfJson(item)
  known.set(json, weight)
  return weight
}

/** What a rule has made: refused if it is too large, and counted among what it holds. */
export function made(meter: Meter, value: Value): Value {
  if (typeof value === 'string') {
    checkSize(meter, value.length)
    meter.made += value.length
    return value
  }
  if (typeof value !== 'object' || value === null || value.kind === 'text') return value
  checkSize(meter, weightOf(value))
  if (value.kind === 'list' && value.source === undefined) meter.made += 1 + value.items.length
  else meter.made += 16
  return value
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
