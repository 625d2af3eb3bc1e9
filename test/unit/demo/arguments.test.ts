import { expect, test } from 'bun:test'
import { harmlessCommand, valueFor } from '../../../src/demo/arguments.ts'
import { createRandom } from '../../../src/demo/random.ts'
import {
  isList,
  isObject,
  listAt,
  numberAt,
  objectAt,
  stringsAt,
  valueAt,
  type Json,
  type JsonObject,
} from '../../../src/demo/json.ts'
import { fixed, resolve, typeOf } from '../../../src/demo/schema.ts'

const make = (schema: JsonObject, isCommand = false) =>
  valueFor({ schema, random: createRandom(7), isCommand })

/** A checker apart from the generator: it knows what the schemas below use. */
function fits(value: Json | undefined, schema: JsonObject, root: JsonObject): boolean {
  const plain = resolve(schema, root)
  if (valueAt(plain, 'enum') !== undefined) return listAt(plain, 'enum').includes(value ?? null)
  if (fixed(plain) !== undefined) return value === fixed(plain)
  const within = (size: number, least: string, most: string) =>
    size >= (numberAt(plain, least) ?? -Infinity) && size <= (numberAt(plain, most) ?? Infinity)
  switch (typeOf(plain)) {
    case 'object':
      return (
        isObject(value) &&
        stringsAt(plain, 'required').every((name) => name in value) &&
        Object.entries(value).every(([name, each]) =>
          fits(each, objectAt(objectAt(plain, 'properties'), name) ?? { type: 'string' }, root),
        )
      )
    case 'array':
      return (
        isList(value) &&
        within(value.length, 'minItems', 'maxItems') &&
        value.every((each) => fits(each, objectAt(plain, 'items') ?? { type: 'string' }, root))
      )
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !within(value, 'minimum', 'maximum')) return false
      if (typeOf(plain) === 'integer' && !Number.isInteger(value)) return false
      const isAbove = value > (numberAt(plain, 'exclusiveMinimum') ?? -Infinity)
      const isBelow = value < (numberAt(plain, 'exclusiveMaximum') ?? Infinity)
      return isAbove && isBelow && Number.isInteger(value / (numberAt(plain, 'multipleOf') ?? value))
    }
    case 'string':
      return typeof value === 'string' && within([...value].length, 'minLength', 'maxLength')
    case 'boolean':
      return typeof value === 'boolean'
    default:
      return value === null
  }
}

const kinds: Record<string, JsonObject> = {
  text: { type: 'string' },
  'a long text': { type: 'string', minLength: 200 },
  'a short text': { type: 'string', maxLength: 3 },
  'one of some': { enum: ['celsius', 'fahrenheit'] },
  'a constant': { const: 42 },
  'a whole number': { type: 'integer' },
  'a number in bounds': { type: 'number', minimum: 0.25, maximum: 0.5 },
  'a number between bounds': { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.001 },
  'a large number': { type: 'integer', minimum: 1000 },
  'a negative number': { type: 'integer', maximum: -5 },
  'a number above': { type: 'integer', exclusiveMinimum: 99 },
  'a multiple': { type: 'integer', multipleOf: 12, minimum: 13 },
  'true or false': { type: 'boolean' },
  nothing: { type: 'null' },
  'a type or null': { type: ['null', 'integer'] },
  'a list': { type: 'array', items: { type: 'integer' } },
  'a list of three': { type: 'array', items: { type: 'string' }, minItems: 3 },
  'an empty list': { type: 'array', items: { type: 'string' }, maxItems: 0 },
  'Gemini’s capitals': { type: 'OBJECT', properties: { n: { type: 'NUMBER' } }, required: ['n'] },
  'any of': {
    anyOf: [{ type: 'null' }, { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }],
  },
  'all of': {
    allOf: [
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      { properties: { b: { type: 'boolean' } }, required: ['b'] },
    ],
  },
  'a required field that nothing describes': { type: 'object', properties: {}, required: ['x'] },
}

for (const [title, schema] of Object.entries(kinds)) {
  test(`a made value fits its schema: ${title}`, () => {
    const root = {
      type: 'object',
      properties: { field: schema, more: { type: 'array', items: schema } },
      required: ['field', 'more'],
    }
    const value = make(root)
    expect(fits(value, root, root)).toBe(true)
  })
}

test('references are followed, and a schema that refers to itself ends', () => {
  const root = {
    type: 'object',
    properties: { tree: { $ref: '#/$defs/node' } },
    required: ['tree'],
    $defs: {
      node: {
        type: 'object',
        properties: { name: { type: 'string' }, next: { $ref: '#/$defs/node' } },
        required: ['name', 'next'],
      },
      loop: { $ref: '#/$defs/loop' },
    },
  }
  expect(typeof valueAt(objectAt(make(root), 'tree'), 'name')).toBe('string')
  expect(make({ ...root, properties: { tree: { $ref: '#/$defs/loop' } } })).toBeDefined()
})

test('a schema that grows with every step is filled as far as a thousand values', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const properties = Object.fromEntries(names.map((name) => [name, { $ref: '#' }]))
  const wide = JSON.stringify(make({ type: 'object', properties, required: names }))
  expect(wide.length).toBeGreaterThan(1000)
  expect(wide.length).toBeLessThan(100_000)
  const list = { type: 'array', items: { $ref: '#' }, minItems: 50 }
  expect(JSON.stringify(make(list)).length).toBeLessThan(100_000)
  expect(String(make({ type: 'string', minLength: 1e12 })).length).toBeLessThan(11_000)
  expect(make({ allOf: [{ $ref: '#' }, { $ref: '#' }], type: 'object' })).toEqual({})
})

test('whatever wants a command gets the harmless one, in the form it wants', () => {
  const list = { type: 'array', items: { type: 'string' } }
  expect(
    make({ type: 'object', properties: { command: { type: 'string' } }, required: ['command'] }),
  ).toEqual({
    command: harmlessCommand,
  })
  expect(make({ type: 'object', properties: { command: list }, required: ['command'] })).toEqual({
    command: ['echo', 'hello', 'from', 'weir'],
  })
  expect(make({ type: 'object', properties: { cmd: { type: 'string', default: 'rm -rf /' } } })).toEqual({
    cmd: harmlessCommand,
  })
  expect(
    make({ type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }, true),
  ).toEqual({
    input: harmlessCommand,
  })
})
