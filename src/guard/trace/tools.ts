import { isObject, type JsonObject } from '../../conversation/json.ts'
import { fromJson } from '../value/lazy.ts'
import { list, placeAt, type Place, type Sort, type Thing, type Value } from '../value/value.ts'
import { refuseTrace } from './refuse.ts'
import { metadataOf, objectOf, thing } from './sorts.ts'

/** The tools of a `tools` event, as MCP lists them: one event each, their parameters read from the schema. */
const plain =
  (key: string) =>
  ({ source, place }: Thing): Value =>
    fromJson(source[key] ?? null, placeAt(place, key))

const toolParameter: Sort = {
  name: 'ToolParameter',
  members: {
    type: plain('type'),
    name: plain('name'),
    description: plain('description'),
    required: plain('required'),
    properties: ({ source, place }) => parametersOf(source['properties'], placeAt(place, 'properties')),
    additionalProperties: plain('additionalProperties'),
    items: ({ source, place }) => {
      const items = source['items']
      return isObject(items) ? thing(toolParameter, items, placeAt(place, 'items')) : null
    },
    enum: plain('enum'),
  },
  walked: [],
  isEvent: false,
  shown: ({ source }) => source,
}

export const tool: Sort = {
  name: 'Tool',
  members: {
    name: plain('name'),
    description: plain('description'),
    inputSchema: ({ source, place }) => parametersOf(source['inputSchema'], placeAt(place, 'inputSchema')),
    server: ({ server }) => server,
  },
  walked: ['inputSchema'],
  isEvent: true,
  shown: ({ source, server, place }) => ({
    metadata: { ...metadataOf(source), ...(place === null ? {} : { trace_idx: place.event }) },
    server,
    name: source['name'],
    description: source['description'],
    inputSchema: source['inputSchema'],
  }),
}

function parametersOf(given: unknown, place: Place | null): Value {
  if (!Array.isArray(given)) return null
  return list(given.map((source, index) => thing(toolParameter, objectOf(source), placeAt(place, index))))
}

/** One tool as the members above read it. */
export function readTool(given: unknown): JsonObject {
  if (!isObject(given)) return refuseTrace('a tool is not an object')
  const { name, description, inputSchema } = given
  if (typeof name !== 'string') return refuseTrace('a tool has no name')
  if (!isObject(inputSchema)) return refuseTrace(`the tool ${name} has no inputSchema`)
  return {
    ...given,
    description:
      description === null || description === undefined ? 'no description available' : toLine(description),
    inputSchema: readProperties(inputSchema, '', 0),
  }
}

function toLine(description: unknown): string {
  return typeof description === 'string' ? description : JSON.stringify(description)
}

const mostDepth = 32

function readProperties(schema: JsonObject, prefix: string, depth: number): JsonObject[] {
  if (depth > mostDepth) return refuseTrace('the schema of a tool is nested too deeply')
  const { properties, required } = schema
  if (!isObject(properties)) return []
  const needed: readonly unknown[] = Array.isArray(required) ? required : []
  return Object.entries(properties).map(([key, property]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`
    return readParameter(name, objectOf(property), needed.includes(name), depth)
  })
}

const types: Readonly<Record<string, string>> = {
  int: 'integer',
  long: 'integer',
  integer: 'integer',
  float: 'number',
  number: 'number',
  bool: 'boolean',
  boolean: 'boolean',
  str: 'string',
  string: 'string',
  dict: 'object',
  object: 'object',
  list: 'array',
  array: 'array',
}

function readParameter(name: string, schema: JsonObject, isNeeded: boolean, depth: number): JsonObject {
  const given = schema['type'] ?? 'string'
  const choices: readonly unknown[] = Array.isArray(given)
    ? given.filter((choice) => choice !== 'null')
    : [given]
  const type =
    typeof choices[0] === 'string' && Object.hasOwn(types, choices[0]) ? types[choices[0]] : undefined
  if (type === undefined)
    return refuseTrace(`the parameter ${name} has the unknown type ${JSON.stringify(given)}`)
  const values = schema['enum']
  if (Array.isArray(values) && !values.every((value) => typeof value === 'string')) {
    return refuseTrace(`the enum of the parameter ${name} must be strings`)
  }
  const items = schema['items']
  return {
    type,
    name,
    description: typeof schema['description'] === 'string' ? schema['description'] : '',
    required: isNeeded && !Array.isArray(given),
    properties: type === 'object' ? readProperties(schema, name, depth + 1) : null,
    additionalProperties: schema['additionalProperties'] ?? null,
    items:
      type === 'array' && isObject(items) ? readParameter(`${name} item`, items, false, depth + 1) : null,
    enum: values ?? null,
  }
}
