import type { JsonObject } from '../../conversation/json.ts'
import type { Detection, DetectorName } from '../detector.ts'
import type { Trace } from '../trace/read.ts'
import type { Meter } from './meter.ts'

/**
 * What rules compute with: Python's values, and the parts of a trace. A string, list or dictionary that was read from
 * the trace knows its place there; whatever is made of it does not.
 */
export type Value =
  null | boolean | number | bigint | string | Text | List | Dict | Thing | Callable | Type | Module

/** Where something stands in a trace: the index of its event, and the way from there. */
export type Place = {
  readonly event: number
  readonly parent: Place | null
  readonly key: string | number
}

export type Text = { readonly kind: 'text'; readonly text: string; readonly place: Place }

export type List = {
  readonly kind: 'list'
  /** `contents` is a message's list of chunks. */
  readonly sort: 'list' | 'tuple' | 'contents'
  readonly items: readonly Value[]
  readonly place: Place | null
  /** The JSON that it was read from, if it was: then it is no larger than that. */
  readonly source?: unknown
}

export type Dict = {
  readonly kind: 'dict'
  readonly entries: ReadonlyMap<string, Value>
  readonly place: Place | null
  readonly source?: JsonObject
}

/** An object with named members: an event or a part of one, a detector's result, a violation. */
export type Thing = {
  readonly kind: 'thing'
  readonly type: Sort
  readonly source: JsonObject
  readonly place: Place | null
  /** Its number among events and their calls, for flows; -1 for what has none. */
  readonly order: number
  /** Members that were read; null until one is, because most messages of a long conversation are never looked at. */
  known: Map<string, Value> | null
  /** For an output, the call that it answers. */
  readonly call: Thing | null
  readonly server: string | null
}

export type Sort = {
  readonly name: string
  readonly members: Readonly<Record<string, (thing: Thing) => Value>>
  /** Those members that a domain descends into, in order. */
  readonly walked: readonly string[]
  readonly isEvent: boolean
  readonly shown: (thing: Thing) => unknown
}

export type Named = ReadonlyMap<string, Value>

export type Callable = {
  readonly kind: 'callable'
  readonly name: string
  readonly call: (context: Context, given: readonly Value[], named: Named) => Value
  /** Detectors that it cannot do without. */
  readonly needs?: readonly DetectorName[]
  /** Those that it needs where the argument of this name is True. */
  readonly needsIf?: ReadonlyMap<string, DetectorName>
  /** The parameter that names kinds of findings of a detector. */
  readonly kinds?: { readonly detector: DetectorName; readonly parameter: string; readonly position: number }
}

/** What a function may use beside its arguments. */
export type Context = {
  readonly meter: Meter
  readonly trace: Trace
  /** Marks a part of a string (UTF-16 offsets) if it has a place, or the whole of what stands at a place. */
  readonly mark: (value: Value, from: number, to: number) => void
  readonly hasDetector: (name: DetectorName) => boolean
  /** What a detector says of a text. Throws what ends this attempt if it has to be waited for. */
  readonly detect: (name: DetectorName, text: string, options: JsonObject) => Detection
  readonly print: (line: string) => void
}

/** A name that stands for a type of values, or for `forall` and `count`. */
export type Type = { readonly kind: 'type'; readonly name: string }

export type Module = {
  readonly kind: 'module'
  readonly name: string
  readonly members: ReadonlyMap<string, Value>
}

export function list(items: readonly Value[], sort: List['sort'] = 'list'): List {
  return { kind: 'list', sort, items, place: null }
}

export function dict(entries: ReadonlyMap<string, Value>): Dict {
  return { kind: 'dict', entries, place: null }
}

export function placeAt(parent: Place | null, key: string | number): Place | null {
  return parent === null ? null : { event: parent.event, parent, key }
}

/** The place of whatever has one. */
export function placeOf(value: Value): Place | null {
  if (typeof value !== 'object' || value === null) return null
  return 'place' in value ? value.place : null
}

/** The JavaScript string of a string; undefined for everything else. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null && value.kind === 'text' ? value.text : undefined
}

export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
  }
  switch (value.kind) {
    case 'text':
      return 'str'
    case 'list':
      return value.sort === 'contents' ? 'Contents' : value.sort
    case 'dict':
      return 'dict'
    case 'thing':
      return value.type.name
    case 'callable':
      return 'function'
    case 'type':
      return 'type'
    case 'module':
      return 'module'
  }
}

/** Python's truth. */
export function isTrue(value: Value): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value)
  switch (value.kind) {
    case 'text':
      return value.text !== ''
    case 'list':
      return value.items.length > 0
    case 'dict':
      return value.entries.size > 0
    default:
      return true
  }
}
