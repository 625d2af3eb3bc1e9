import { absorbField, overlay, overlayField } from '../../conversation/accumulate.ts'
import { isObject, objectsAt, ownAt, put, readJson, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { createTally } from '../../conversation/tally.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Merge, Reply } from '../dialect.ts'
import { unfold } from '../unfold.ts'
import { createCalls } from './calls.ts'
import type { Calls } from './calls.ts'
import { addContent } from './content.ts'
import { errorOf, indexOf, isEndMark, isOther } from './schema.ts'
import { usageOf } from './usage.ts'

/** Chunks of a chat completion to the completion. Complete with `[DONE]`, or when every choice has its reason. */

/** What the answer calls itself when it is not streamed; a chunk may be called something else, or nothing. */
const completion = 'chat.completion'

type Choice = {
  readonly fields: JsonObject
  readonly message: JsonObject
  readonly calls: Calls
  /** Perplexity and Writer repeat beside each delta what it says: only good for what no delta has. */
  copy: JsonObject | undefined
}

export function createMerge(): Merge {
  const top: JsonObject = {}
  const choices = new Map<number, Choice>()
  const unknown = createTally()
  let error: unknown = null
  let isStarted = false
  let isEnded = false

  function add({ event, data }: SseEvent, read?: unknown): void {
    if (isEnded || data === '') return
    if (isEndMark(data)) {
      isEnded = true
      return
    }
    const chunk = read ?? readJson(data)
    if (!isObject(chunk)) {
      const several = unfold(data)
      if (several === null) unknown.count('unreadable')
      else for (const one of several) add({ event, data: one })
      return
    }
    const told = errorOf(chunk, event)
    error ??= told
    // An error alone is no part of the answer; one beside choices comes with an answer.
    if (told !== null && chunk['choices'] === undefined) return
    if (chunk['choices'] === undefined && isOther(chunk, event)) {
      unknown.count(event ?? textAt(chunk, 'type') ?? '')
      return
    }
    isStarted = true
    addChunk(top, choices, chunk)
  }
  function finish(stop?: 'torn'): Reply {
    const body = isStarted ? toBody(top, choices) : null
    const isTold = isEnded || (stop !== 'torn' && choices.size > 0 && choices.values().every(isFinished))
    return {
      body,
      ending: error !== null ? 'error' : isTold ? 'complete' : 'cut',
      model: textAt(body ?? {}, 'model'),
      usage: usageOf(body ?? {}),
      error,
      unknownEvents: unknown.counts(),
    }
  }
  return { add, finish }
}

export function whole(body: unknown): Reply {
  const fields = isObject(body) ? body : {}
  const error = errorOf(fields, undefined)
  return {
    body,
    ending: error === null ? 'complete' : 'error',
    model: textAt(fields, 'model'),
    usage: usageOf(fields),
    error,
    unknownEvents: {},
  }
}

function addChunk(top: JsonObject, choices: Map<number, Choice>, chunk: JsonObject): void {
  for (const key in chunk) {
    switch (key) {
      case 'choices':
        for (const piece of objectsAt(chunk, key)) addChoice(choices, piece)
        break
      case 'id':
        // The first one: some providers number every chunk.
        if (textAt(top, key) === null) overlayField(top, key, chunk[key])
        break
      case 'usage':
        // Counts go together: a later one is the whole of it, and null takes nothing back.
        if (isObject(chunk[key]) || top[key] === undefined) top[key] = chunk[key]
        break
      case 'object':
        top[key] = completion
        break
      case 'error':
      // Noise of varying length, so that nobody can guess tokens from the size of packets.
      case 'obfuscation':
        break
      default:
        overlayField(top, key, chunk[key])
    }
  }
}

function addChoice(choices: Map<number, Choice>, piece: JsonObject): void {
  const index = indexOf(piece)
  let choice = choices.get(index)
  if (choice === undefined) {
    choice = { fields: {}, message: {}, calls: createCalls(), copy: undefined }
    choices.set(index, choice)
  }
  for (const key in piece) {
    const value = piece[key]
    if (key === 'delta') {
      if (isObject(value)) addDelta(choice, value)
    } else if (key === 'message') {
      if (isObject(value)) choice.copy = value
    } else if (key === 'logprobs' || Array.isArray(value)) {
      absorbField(choice.fields, key, value)
    } else if (key !== 'index') {
      overlayField(choice.fields, key, value)
    }
  }
}

function addDelta({ message, calls }: Choice, delta: JsonObject): void {
  for (const key in delta) {
    const piece = delta[key]
    if (key === 'content') addContent(message, piece)
    else if (key === 'tool_calls') for (const call of listed(piece)) calls.add(call)
    else if (key !== 'function_call' || piece !== null) absorbField(message, key, piece)
  }
}

/** Some leave the list out around a single call. */
function listed(piece: unknown): JsonObject[] {
  return isObject(piece) ? [piece] : objectsAt({ piece }, 'piece')
}

function isFinished({ fields }: Choice): boolean {
  return textAt(fields, 'finish_reason') !== null
}

function toBody(top: JsonObject, choices: Map<number, Choice>): JsonObject {
  const list = [...choices].toSorted(([a], [b]) => a - b)
  // Where the answer has its choices, so that it reads like one that was not streamed.
  const { usage, ...rest } = top
  const body: JsonObject = {
    object: completion,
    ...rest,
    choices: list.map(([index, choice]) => toChoice(index, choice)),
  }
  if (usage !== undefined) body['usage'] = usage
  return body
}

function toChoice(index: number, { fields, message, calls, copy }: Choice): JsonObject {
  const told: JsonObject = { role: 'assistant', content: null }
  overlay(told, message)
  const list = calls.list()
  if (list.length > 0) told['tool_calls'] = list
  for (const key in copy) {
    if (copy[key] !== null && (ownAt(told, key) ?? null) === null) put(told, key, copy[key])
  }
  return { index, message: told, finish_reason: null, ...fields }
}
