import { isObject, readJson, type JsonObject } from '../../conversation/json.ts'
import { placeAt, type Place, type Sort, type Thing, type Value } from '../value/value.ts'
import { refusalOf, refuseTrace } from './refuse.ts'
import { message, metadataOf, toolCall, toolOutput } from './sorts.ts'
import { readTool, tool } from './tools.ts'

/**
 * A list of Invariant messages, as plain JSON, to the trace that rules are judged on. Read once for all policies:
 * nothing of it changes, and what is asked of it is remembered.
 */
export type Trace = {
  readonly events: readonly Thing[]
  /** For each event the index of the message it came from: `tools` events become one event per tool. */
  readonly inputs: readonly number[]
  /** Events and the calls within them, by sort, in order. */
  readonly ofSort: (sort: Sort) => readonly Thing[]
  /** Values of other types that were looked for in the whole trace, by the type's name. */
  readonly found: Map<string, readonly Value[]>
}

type Reading = {
  readonly events: Thing[]
  readonly inputs: number[]
  readonly bySort: Map<Sort, Thing[]>
  readonly calls: Map<string, Thing>
  lastCall: Thing | null
  order: number
}

export type ReadTrace =
  { readonly kind: 'trace'; readonly trace: Trace } | { readonly kind: 'refused'; readonly message: string }

export function readTrace(messages: readonly unknown[]): ReadTrace {
  const reading: Reading = {
    events: [],
    inputs: [],
    bySort: new Map(),
    calls: new Map(),
    lastCall: null,
    order: 0,
  }
  try {
    for (let index = 0; index < messages.length; index++) readEvent(reading, messages[index], index)
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined) throw error
    return { kind: 'refused', message: refusal }
  }
  const { events, inputs, bySort } = reading
  return {
    kind: 'trace',
    trace: { events, inputs, ofSort: (sort) => bySort.get(sort) ?? [], found: new Map() },
  }
}

function readEvent(reading: Reading, given: unknown, index: number): void {
  if (!isObject(given)) return refuseTrace(`message ${index} is not an object`)
  const place: Place = { event: reading.events.length, parent: null, key: reading.events.length }
  if ('role' in given) {
    if (typeof given['role'] !== 'string') return refuseTrace(`the role of message ${index} is not a string`)
    if (given['role'] === 'tool') readOutput(reading, given, place, index)
    else readMessage(reading, given, place, index)
  } else if ('type' in given) {
    const call = readCall(reading, given, place, index)
    if (typeof given['function'] === 'object' && !isObject(callFunction(given)['arguments'])) {
      refuseTrace(`the arguments of message ${index} are not an object`)
    }
    reading.events.push(call)
    reading.inputs.push(index)
  } else if (Array.isArray(given['tools'])) {
    for (const each of given['tools']) {
      const source = readTool(each)
      const at: Place = { event: reading.events.length, parent: null, key: reading.events.length }
      addEvent(reading, eventOf(reading, tool, source, at), index)
    }
  } else {
    refuseTrace(`message ${index} is no message, call, output or list of tools`)
  }
}

function eventOf(reading: Reading, type: Sort, source: JsonObject, place: Place): Thing {
  const order = reading.order++
  return { kind: 'thing', type, source, place, order, known: null, call: null, server: serverOf(source) }
}

function addEvent(reading: Reading, event: Thing, index: number): void {
  add(reading, event)
  reading.events.push(event)
  reading.inputs.push(index)
}

function add({ bySort }: Reading, event: Thing): void {
  const same = bySort.get(event.type)
  if (same === undefined) bySort.set(event.type, [event])
  else same.push(event)
}

function serverOf(source: JsonObject): string | null {
  const metadata = source['metadata']
  if (metadata !== undefined && !isObject(metadata))
    return refuseTrace('the metadata of a message is not an object')
  const server = source['server'] ?? metadataOf(source)['server']
  return typeof server === 'string' ? server : null
}

function readMessage(reading: Reading, given: JsonObject, place: Place, index: number): void {
  checkContent(given['content'], index, false)
  const said = eventOf(reading, message, given, place)
  addEvent(reading, said, index)
  const calls = given['tool_calls']
  if (calls === undefined || calls === null) return
  if (!Array.isArray(calls)) return refuseTrace(`the tool_calls of message ${index} are not a list`)
  const at = placeAt(place, 'tool_calls')
  const items = calls.map((call, number) => {
    if (!isObject(call)) return refuseTrace(`a call of message ${index} is not an object`)
    return readCall(reading, withArguments(call, index), placeAt(at, number), index)
  })
  said.known = new Map([['tool_calls', { kind: 'list', sort: 'list', items, place: at }]])
}

function callFunction(call: JsonObject): JsonObject {
  const given = call['function']
  return isObject(given) ? given : {}
}

/** Arguments may come as the JSON text that the model wrote. */
function withArguments(call: JsonObject, index: number): JsonObject {
  const given = callFunction(call)
  const told = given['arguments']
  const read = typeof told === 'string' ? readJson(told) : told
  if (!isObject(read)) return refuseTrace(`the arguments of a call in message ${index} are not an object`)
  return told === read ? call : { ...call, function: { ...given, arguments: read } }
}

function readCall(reading: Reading, source: JsonObject, place: Place | null, index: number): Thing {
  const { id, type } = source
  if (typeof type !== 'string') return refuseTrace(`a call in message ${index} has no type`)
  if (id !== undefined && id !== null && typeof id !== 'string') {
    return refuseTrace(`the id of a call in message ${index} is not a string`)
  }
  if (typeof callFunction(source)['name'] !== 'string')
    return refuseTrace(`a call in message ${index} has no name`)
  const order = reading.order++
  const call: Thing = {
    kind: 'thing',
    type: toolCall,
    source,
    place,
    order,
    known: null,
    call: null,
    server: null,
  }
  if (typeof id === 'string') reading.calls.set(id, call)
  reading.lastCall = call
  add(reading, call)
  return call
}

function readOutput(reading: Reading, given: JsonObject, place: Place, index: number): void {
  checkContent(given['content'], index, true)
  const id = given['tool_call_id']
  if (id !== undefined && id !== null && typeof id !== 'string') {
    return refuseTrace(`the tool_call_id of message ${index} is not a string`)
  }
  const isTold = 'tool_call_id' in given
  const call = isTold ? (typeof id === 'string' ? reading.calls.get(id) : undefined) : reading.lastCall
  const lastId = call?.source['id']
  const source = isTold || typeof lastId !== 'string' ? given : { ...given, tool_call_id: lastId }
  const output = eventOf(reading, toolOutput, source, place)
  addEvent(reading, { ...output, call: call ?? null }, index)
}

function checkContent(content: unknown, index: number, mayBeObject: boolean): void {
  if (content === undefined || content === null || typeof content === 'string') return
  if (mayBeObject && isObject(content)) return
  if (!Array.isArray(content))
    return refuseTrace(`the content of message ${index} is neither a string nor a list`)
  if (!content.every(isChunk))
    refuseTrace(`the content of message ${index} has a part that is neither text nor image`)
}

function isChunk(chunk: unknown): boolean {
  if (!isObject(chunk) || typeof chunk['type'] !== 'string') return false
  if (typeof chunk['text'] === 'string') return true
  const image = chunk['image_url']
  return isObject(image) && Object.values(image).every((value) => typeof value === 'string')
}
