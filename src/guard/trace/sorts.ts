import { isObject, type JsonObject } from '../../conversation/json.ts'
import { fromJson } from '../value/lazy.ts'
import { list, placeAt, type List, type Place, type Sort, type Thing, type Value } from '../value/value.ts'

/** The sorts of things a trace is made of: their members, what a domain finds in them, and how they are told. */
const json =
  (key: string) =>
  ({ source, place }: Thing): Value =>
    fromJson(source[key], placeAt(place, key))

const metadata = ({ source, place }: Thing): Value =>
  fromJson({ ...metadataOf(source), ...(place === null ? {} : { trace_idx: place.event }) }, null)

export function metadataOf(source: JsonObject): JsonObject {
  const given = source['metadata']
  return isObject(given) ? given : {}
}

const told = (thing: Thing): JsonObject => ({
  metadata: {
    ...metadataOf(thing.source),
    ...(thing.place === null ? {} : { trace_idx: thing.place.event }),
  },
  server: thing.server,
})

const textChunk: Sort = {
  name: 'TextChunk',
  members: { type: json('type'), text: json('text') },
  walked: ['text'],
  isEvent: false,
  shown: ({ source }) => ({ metadata: {}, server: null, type: source['type'], text: source['text'] }),
}

export const image: Sort = {
  name: 'Image',
  members: { type: json('type'), image_url: json('image_url') },
  walked: ['image_url'],
  isEvent: false,
  shown: ({ source }) => ({
    metadata: {},
    server: null,
    type: source['type'],
    image_url: source['image_url'],
  }),
}

export const called: Sort = {
  name: 'Function',
  members: { name: json('name'), arguments: json('arguments') },
  walked: [],
  isEvent: false,
  shown: ({ source }) => ({ name: source['name'], arguments: source['arguments'] }),
}

export const toolCall: Sort = {
  name: 'ToolCall',
  members: {
    function: ({ source, place }) => thing(called, objectOf(source['function']), placeAt(place, 'function')),
    type: json('type'),
    id: json('id'),
    metadata,
  },
  walked: ['id', 'type', 'function'],
  isEvent: true,
  shown: (call) => ({
    ...told(call),
    id: call.source['id'] ?? null,
    type: call.source['type'],
    function: called.shown(thing(called, objectOf(call.source['function']), null)),
  }),
}

const content = ({ source, place }: Thing): Value => {
  const given = source['content']
  return Array.isArray(given)
    ? contents(given, placeAt(place, 'content'))
    : fromJson(given, placeAt(place, 'content'))
}

const shownContent = (given: unknown): unknown =>
  Array.isArray(given)
    ? contents(given, null).items.map((chunk) => isThing(chunk) && chunk.type.shown(chunk))
    : given

export const toolOutput: Sort = {
  name: 'ToolOutput',
  members: { role: json('role'), content, tool_call_id: json('tool_call_id'), metadata },
  walked: ['role', 'content', 'tool_call_id'],
  isEvent: true,
  shown: (output) => ({
    ...told(output),
    role: 'tool',
    content: shownContent(output.source['content'] ?? null),
    tool_call_id: output.source['tool_call_id'] ?? null,
  }),
}

export const message: Sort = {
  name: 'Message',
  members: {
    role: json('role'),
    content,
    // The calls are things of the trace's own (trace/read.ts), put among the known members when it is read.
    tool_calls: ({ source }) => (source['tool_calls'] === null ? null : list([])),
    metadata,
  },
  walked: ['role', 'content', 'tool_calls'],
  isEvent: true,
  shown: (said) => {
    const calls = said.known?.get('tool_calls')
    const shown = typeof calls === 'object' && calls !== null && calls.kind === 'list' ? calls.items : null
    return {
      ...told(said),
      role: said.source['role'],
      content: shownContent(said.source['content'] ?? null),
      tool_calls:
        said.source['tool_calls'] === null
          ? null
          : (shown ?? []).map((call) => isThing(call) && call.type.shown(call)),
    }
  },
}

function contents(chunks: readonly unknown[], place: Place | null): List {
  const items = chunks.map((chunk, index) => {
    const source = objectOf(chunk)
    return thing(typeof source['text'] === 'string' ? textChunk : image, source, placeAt(place, index))
  })
  return { kind: 'list', sort: 'contents', items, place }
}

export function thing(type: Sort, source: JsonObject, place: Place | null): Thing {
  return { kind: 'thing', type, source, place, order: -1, known: null, call: null, server: null }
}

export function isThing(value: Value): value is Thing {
  return typeof value === 'object' && value !== null && value.kind === 'thing'
}

/** A member by its name; undefined if the sort has none of that name. */
export function memberOf(object: Thing, name: string): Value | undefined {
  const known = object.known?.get(name)
  if (known !== undefined) return known
  if (!Object.hasOwn(object.type.members, name)) return undefined
  const value = object.type.members[name]?.(object) ?? null
  object.known ??= new Map()
  object.known.set(name, value)
  return value
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
