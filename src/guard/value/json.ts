import { put, type JsonObject } from '../../conversation/json.ts'
import { textOf, type Value } from './value.ts'

/** Deeper values are cut: what is told of a violation must be possible to write down. */
const mostDepth = 100

/** A value as JSON: what a violation carries, what a detector is given as options. */
export function toJson(value: Value, depth = 0): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return value.toString()
  if (depth > mostDepth) return null
  switch (value.kind) {
    case 'text':
      return value.text
    case 'list':
      return value.items.map((item) => toJson(item, depth + 1))
    case 'dict':
      return toObject(value.entries, depth)
    case 'thing':
      return value.type.shown(value)
    case 'callable':
    case 'type':
    case 'module':
      return value.name
  }
}

export function toObject(entries: ReadonlyMap<string, Value>, depth = 0): JsonObject {
  const object: JsonObject = {}
  for (const [key, item] of entries) put(object, key, toJson(item, depth + 1))
  return object
}

/** Python's `str()`. */
export function toText(value: Value): string {
  return textOf(value) ?? toRepr(value, 0)
}

/** Python's `repr()`. */
export function toRepr(value: Value, depth: number): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : toInfinite(value)
  if (typeof value === 'bigint') return value.toString()
  const text = textOf(value)
  if (text !== undefined) return quoted(text)
  if (depth > mostDepth || typeof value === 'string') return '...'
  switch (value.kind) {
    case 'list': {
      const items = value.items.map((item) => toRepr(item, depth + 1))
      if (value.sort !== 'tuple') return `[${items.join(', ')}]`
      return items.length === 1 ? `(${items[0] ?? ''},)` : `(${items.join(', ')})`
    }
    case 'dict': {
      const items = [...value.entries].map(([key, item]) => `${quoted(key)}: ${toRepr(item, depth + 1)}`)
      return `{${items.join(', ')}}`
    }
    case 'thing':
      return `${value.type.name}(${JSON.stringify(value.type.shown(value)) ?? ''})`
    case 'text':
      return quoted(value.text)
    case 'callable':
    case 'type':
    case 'module':
      return `<${value.kind} ${value.name}>`
  }
}

function toInfinite(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  return value > 0 ? 'inf' : '-inf'
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`)
  return quote + escaped + quote
}
