import {
  listAt,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
  type Json,
  type JsonObject,
} from './json.ts'
import { fixed, resolve, typeOf } from './schema.ts'
import type { Random } from './random.ts'

/**
 * A value that fits a JSON schema, made up from a seed: required fields only, so that a schema that refers to
 * itself ends. Where a command is wanted there is exactly one, and it does no harm: agents really run it.
 */
export const harmlessCommand = 'echo hello from weir'

export type Wish = {
  readonly schema: JsonObject
  readonly random: Random
  /** The tool as a whole runs what it is given, whatever its fields are called. */
  readonly isCommand: boolean
}

type Place = {
  readonly wish: Wish
  readonly name: string
  readonly depth: number
  /** How many more values may be made: five fields that each need five more are 244 million at a depth of 12. */
  readonly budget: { left: number }
}

const maxDepth = 12
const maxItems = 100
const maxValues = 1000
const maxCharacters = 10_000
const commandName = /command|cmd|script|shell|bash|exec|code|program|argv/i
const otherName = /desc|reason|just|explan|title|summary|dir|path|file|folder|cwd|(^|_)id$/i
const words = ['water', 'río', 'stone', 'meadow', 'bridge', 'otter', 'Brücke', 'current'] as const

const formats: { readonly [format: string]: string } = {
  date: '2026-06-21',
  'date-time': '2026-06-21T12:00:00Z',
  time: '12:00:00Z',
  duration: 'PT1H',
  email: 'otter@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000',
}

/** What a string is likely to mean, by the name of its field. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [/location|city|place|address/i, 'Zürich'],
  [/country/i, 'Switzerland'],
  [/url|uri|link/i, 'https://example.com/'],
  [/file/i, 'README.md'],
  [/path|dir|folder|cwd/i, '.'],
  [/lat/i, '47.37'],
  [/lon|lng/i, '8.54'],
]

export function valueFor(wish: Wish): Json {
  return make(wish.schema, { wish, name: '', depth: 0, budget: { left: maxValues } })
}

function make(schema: JsonObject, place: Place): Json {
  place.budget.left--
  const plain = resolve(schema, place.wish.schema)
  const only = fixed(plain)
  if (only !== undefined) return only
  switch (typeOf(plain)) {
    case 'object':
      return makeObject(plain, place)
    case 'array':
      return makeArray(plain, place)
    case 'integer':
    case 'number':
      return makeNumber(plain, place)
    case 'boolean':
      return false
    case 'null':
      return null
    default:
      return makeString(plain, place)
  }
}

function makeObject(schema: JsonObject, place: Place): Json {
  if (place.depth > maxDepth || place.budget.left <= 0) return {}
  const properties = objectAt(schema, 'properties') ?? {}
  // A command is filled even where it is optional: left to a default of the tool it would not be ours.
  const commands = Object.keys(properties).filter((name) => commandName.test(name))
  const names = new Set([...stringsAt(schema, 'required'), ...commands])
  const entries = [...names].map((name) => {
    const property = objectAt(properties, name) ?? {}
    return [name, make(property, { ...place, name, depth: place.depth + 1 })] as const
  })
  return Object.fromEntries(entries)
}

function makeArray(schema: JsonObject, place: Place): Json {
  const items = objectAt(schema, 'items') ?? {}
  if (isCommand(place) && typeOf(resolve(items, place.wish.schema)) === 'string')
    return harmlessCommand.split(' ')
  const least = numberAt(schema, 'minItems') ?? 0
  const most = Math.min(numberAt(schema, 'maxItems') ?? maxItems, maxItems)
  const length = Math.min(place.depth > maxDepth || place.budget.left <= 0 ? 0 : Math.max(least, 1), most)
  return Array.from({ length }, () => make(items, { ...place, depth: place.depth + 1 }))
}

function makeNumber(schema: JsonObject, place: Place): number {
  const least = numberAt(schema, 'minimum') ?? -Infinity
  const most = numberAt(schema, 'maximum') ?? Infinity
  const above = numberAt(schema, 'exclusiveMinimum') ?? -Infinity
  const below = numberAt(schema, 'exclusiveMaximum') ?? Infinity
  const step = numberAt(schema, 'multipleOf') ?? (typeOf(schema) === 'integer' ? 1 : 0)
  const lower = Math.max(least, above)
  const upper = Math.min(most, below)
  const fits = (value: number) =>
    Number.isFinite(value) &&
    value >= least &&
    value <= most &&
    value > above &&
    value < below &&
    (step === 0 || Number.isInteger(value / step))
  // A command with a time limit of a few milliseconds would only fail.
  const usual = /timeout|_ms$/i.test(place.name) ? 10_000 : 1 + place.wish.random.below(20)
  const stepped = step === 0 ? lower + 1 : Math.ceil(lower / step) * step
  const candidates = [usual, 1, 0, stepped, stepped + step, (lower + upper) / 2, upper - 1, upper]
  return candidates.find(fits) ?? usual
}

function makeString(schema: JsonObject, place: Place): string {
  const least = Math.min(numberAt(schema, 'minLength') ?? 0, maxCharacters)
  const most = numberAt(schema, 'maxLength') ?? Infinity
  let text = wordsFor(schema, place)
  while ([...text].length < least) text += ` ${place.wish.random.pick(words)}`
  return [...text].slice(0, most).join('')
}

function wordsFor(schema: JsonObject, place: Place): string {
  if (isCommand(place)) return harmlessCommand
  const format = formats[stringAt(schema, 'format') ?? '']
  if (format !== undefined) return format
  const suggested = [...listAt(schema, 'examples'), valueAt(schema, 'example'), valueAt(schema, 'default')]
  const suggestion = suggested.find((value) => typeof value === 'string')
  if (suggestion !== undefined) return suggestion
  const meaning = meanings.find(([name]) => name.test(place.name))
  if (meaning !== undefined) return meaning[1]
  return `${place.wish.random.pick(words)} ${place.wish.random.pick(words)}`
}

function isCommand(place: Place): boolean {
  return commandName.test(place.name) || (place.wish.isCommand && !otherName.test(place.name))
}
