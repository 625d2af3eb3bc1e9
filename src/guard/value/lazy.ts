import { isObject, type JsonObject } from '../../conversation/json.ts'
import { placeAt, type Dict, type List, type Place, type Value } from './value.ts'

/** JSON as a value, with its place if it stands in the trace. What is nested is converted when it is asked for. */
export function fromJson(json: unknown, place: Place | null): Value {
  switch (typeof json) {
    case 'string':
      return place === null ? json : { kind: 'text', text: json, place }
    case 'number':
    case 'boolean':
      return json
    case 'object':
      if (json === null) return null
      return Array.isArray(json) ? lazyList(json, place) : isObject(json) ? lazyDict(json, place) : null
    default:
      return null
  }
}

function lazyList(json: readonly unknown[], place: Place | null): List {
  let items: readonly Value[] | undefined
  return {
    kind: 'list',
    sort: 'list',
    place,
    source: json,
    get items() {
      return (items ??= json.map((item, index) => fromJson(item, placeAt(place, index))))
    },
  }
}

function lazyDict(json: JsonObject, place: Place | null): Dict {
  let entries: ReadonlyMap<string, Value> | undefined
  return {
    kind: 'dict',
    place,
    source: json,
    get entries() {
      if (entries !== undefined) return entries
      const read = new Map<string, Value>()
      for (const [key, value] of Object.entries(json)) read.set(key, fromJson(value, placeAt(place, key)))
      return (entries = read)
    },
  }
}
