import { readJson, isObject } from '../../conversation/json.ts'
import { memberOf } from '../trace/sorts.ts'
import { imagesOf, textsOf } from './content.ts'
import { isEqual, isList } from './operators.ts'
import { stringMethods } from './strings.ts'
import { trouble } from './trouble.ts'
import { fromJson } from './lazy.ts'
import { list, textOf, typeName, type Callable, type Dict, type Text, type Value } from './value.ts'

/** Members and indexes. A string that is a JSON object can be read like one; other strings have their methods. */
export function member(object: Value, name: string): Value {
  const text = textOf(object)
  if (text !== undefined) return ofString(object, text, name)
  if (object === null || typeof object !== 'object' || object.kind === 'text') {
    return trouble('attribute', `${typeName(object)} has no member ${name}`)
  }
  switch (object.kind) {
    case 'dict': {
      const value = object.entries.get(name) ?? dictMethod(object, name)
      return value === undefined
        ? trouble('attribute', `the dictionary has no key ${JSON.stringify(name)}`)
        : value
    }
    case 'thing': {
      const value = memberOf(object, name)
      if (value !== undefined) return value
      const known = Object.keys(object.type.members).join(', ')
      return trouble('attribute', `${object.type.name} has no member ${name}, only ${known}`)
    }
    case 'module':
      return object.members.get(name) ?? trouble('attribute', `${object.name} has no ${name}`)
    case 'list':
      if (object.sort === 'contents' && name === 'text') return method(name, () => list(textsOf(object)))
      if (object.sort === 'contents' && name === 'image') return method(name, () => list(imagesOf(object)))
      return trouble('attribute', `a ${typeName(object)} has no member ${name}; text(...) gives its texts`)
    case 'callable':
    case 'type':
      return trouble('attribute', `${object.name} has no member ${name}`)
  }
}

function method(name: string, call: Callable['call']): Callable {
  return { kind: 'callable', name, call }
}

function ofString(self: Value, text: string, name: string): Value {
  const object = objectIn(self, text)
  const value = object?.entries.get(name)
  if (value !== undefined) return value
  const run = Object.hasOwn(stringMethods, name) ? stringMethods[name] : undefined
  if (run !== undefined)
    return method(name, (context, given, named) => run(self, given, named, context.meter))
  if (object !== undefined)
    return trouble('key', `the object in this string has no key ${JSON.stringify(name)}`)
  return trouble('attribute', `strings have no member ${name}`)
}

const parsed = new WeakMap<Text, Dict>()

/** The object that a string of JSON holds. */
function objectIn(self: Value, text: string): Dict | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  const isKept = typeof self === 'object' && self !== null && self.kind === 'text'
  const known = isKept ? parsed.get(self) : undefined
  if (known !== undefined) return known
  const read = readJson(text)
  if (!isObject(read)) return undefined
  const object = fromJson(read, null)
  if (typeof object !== 'object' || object === null || object.kind !== 'dict') return undefined
  if (isKept) parsed.set(self, object)
  return object
}

function dictMethod(self: Dict, name: string): Callable | undefined {
  switch (name) {
    case 'keys':
      return method(name, () => list([...self.entries.keys()]))
    case 'values':
      return method(name, () => list([...self.entries.values()]))
    case 'items':
      return method(name, () => list([...self.entries].map(([key, value]) => list([key, value], 'tuple'))))
    case 'get':
      return method(name, (_context, given) => {
        const key = textOf(given[0] ?? null)
        return (key === undefined ? undefined : self.entries.get(key)) ?? given[1] ?? null
      })
    default:
      return undefined
  }
}

export function itemAt(object: Value, key: Value): Value {
  if (isList(object)) return object.items[indexIn(object.items.length, key)] ?? null
  const name = textOf(key)
  const text = textOf(object)
  if (text !== undefined && name === undefined) {
    const letters = [...text]
    return letters[indexIn(letters.length, key)] ?? null
  }
  const entries = text === undefined ? entriesOf(object) : objectIn(object, text)?.entries
  if (entries === undefined) return trouble('type', `${typeName(object)} has no keys`)
  const value = name === undefined ? undefined : entries.get(name)
  return value === undefined
    ? trouble('key', `there is no key ${JSON.stringify(name ?? typeName(key))}`)
    : value
}

function entriesOf(object: Value): ReadonlyMap<string, Value> | undefined {
  return typeof object === 'object' && object !== null && object.kind === 'dict' ? object.entries : undefined
}

function indexIn(length: number, key: Value): number {
  const index = typeof key === 'boolean' ? Number(key) : key
  if (typeof index !== 'number' || !Number.isInteger(index))
    return trouble('type', 'an index must be a whole number')
  const at = index < 0 ? length + index : index
  return at >= 0 && at < length ? at : trouble('key', `index ${index} is out of range`)
}

/** What `for` and functions over many values go through. */
export function iterate(value: Value): readonly Value[] {
  if (isList(value)) return value.items
  const entries = entriesOf(value)
  if (entries !== undefined) return [...entries.keys()]
  const text = textOf(value)
  return text === undefined ? trouble('type', `${typeName(value)} is not iterable`) : [...text]
}

/** Membership without marks; what is marked is the business of `in` (run/contains.ts). */
export function contains(whole: Value, part: Value): boolean {
  const text = textOf(whole)
  if (text !== undefined) {
    const piece = textOf(part)
    return piece === undefined
      ? trouble('type', `a string contains strings, not ${typeName(part)}`)
      : text.includes(piece)
  }
  if (isList(whole) && whole.sort === 'contents') return containsPiece(whole, textOf(part))
  if (isList(whole)) return whole.items.some((item) => isEqual(item, part))
  const entries = entriesOf(whole)
  if (entries === undefined) return trouble('type', `${typeName(whole)} contains nothing`)
  const key = textOf(part)
  return key !== undefined && entries.has(key)
}

function containsPiece(whole: Value, piece: string | undefined): boolean {
  if (piece === undefined) return false
  return [...textsOf(whole), ...imagesOf(whole)].some((text) => textOf(text)?.includes(piece) === true)
}
