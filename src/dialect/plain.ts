import { absorb, extend, overlay } from '../conversation/accumulate.ts'
import { isObject, objectsAt, readJson, textAt } from '../conversation/json.ts'
import type { JsonObject } from '../conversation/json.ts'
import { createTally } from '../conversation/tally.ts'
import type { SseEvent } from '../wire/sse.ts'
import type { Merge, Reply } from './dialect.ts'
import { usageOfOther } from './other.ts'
import { unfold } from './unfold.ts'

/**
 * Answers of no dialect: legacy completions, speech, transcriptions, pictures told bit by bit, and whatever else comes
 * as events. Joined where it is plain how, in the shape they have without streaming; model and usage are read in any.
 */
type State = {
  /** What chunks and last events say of the whole, and what is told bit by bit until then. */
  readonly fields: JsonObject
  readonly pieces: JsonObject
  /** What the text of deltas is called in the whole: `transcript.text.delta` tells its `text`. */
  pieceName: string
  readonly images: JsonObject[]
  isDone: boolean
}

export function createPlainMerge(): Merge {
  const state: State = { fields: {}, pieces: {}, pieceName: 'text', images: [], isDone: false }
  const unknown = createTally()
  const beside: JsonObject = {}
  let error: unknown = null

  function add({ event, data }: SseEvent): void {
    if (data === '') return
    if (data.startsWith('[DONE]')) {
      state.isDone = true
      return
    }
    const told = readJson(data)
    if (!isObject(told)) {
      const several = unfold(data)
      if (several === null) unknown.count('unreadable')
      else for (const one of several) add({ event, data: one })
      return
    }
    const type = textAt(told, 'type') ?? event ?? ''
    if (told['error'] || type === 'error') {
      error ??= told['error'] ?? told
      return
    }
    if (Array.isArray(told['choices'])) addChunk(state.fields, told)
    else if (!addTyped(state, type, told)) {
      unknown.count(type === '' ? 'untyped' : type)
      for (const key of besides) if (told[key] !== undefined) overlay(beside, { [key]: told[key] })
    }
  }
  function finish(stop?: 'torn'): Reply {
    const body = toBody(state)
    const read = { ...beside, ...body }
    const isTold = state.isDone || (stop !== 'torn' && (body === undefined || hasReasons(body)))
    return {
      // Without anything that was joined the bytes themselves say it best.
      body,
      ending: error !== null ? 'error' : isTold ? 'complete' : 'cut',
      model: modelOf(read),
      usage: usageOfOther(read),
      error,
      unknownEvents: unknown.counts(),
    }
  }
  return { add, finish }
}

/** An answer that came whole. What its error means only its status says: a batch may tell of that of another. */
export function plainWhole(body: unknown): Reply {
  const fields = isObject(body) ? body : {}
  const usage = usageOfOther(body)
  return { body, ending: 'complete', model: modelOf(fields), usage, error: null, unknownEvents: {} }
}

const besides = ['model', 'modelVersion', 'usage', 'usageMetadata', 'meta'] as const

function modelOf(fields: JsonObject): string | null {
  return textAt(fields, 'model') ?? textAt(fields, 'modelVersion')
}

/** A legacy completion: its text grows within each choice, everything else is told anew. */
function addChunk(fields: JsonObject, { choices: _choices, ...chunk }: JsonObject): void {
  const { choices: before } = fields
  const list = Array.isArray(before) ? before : []
  overlay(fields, chunk)
  const pieces = objectsAt({ _choices }, '_choices').map((piece) => ({ index: 0, ...piece }))
  fields['choices'] = extend(list, pieces)
}

/** False for an event that nobody knows. */
function addTyped(state: State, type: string, told: JsonObject): boolean {
  const dot = type.lastIndexOf('.')
  const { type: _type, sequence_number: _number, obfuscation: _noise, ...fields } = told
  switch (type.slice(dot + 1)) {
    case 'delta':
      state.pieceName = type.slice(type.lastIndexOf('.', dot - 1) + 1, dot) || 'text'
      absorb(state.pieces, fields)
      return true
    case 'done':
    case 'completed':
      state.isDone = true
      if (typeof fields['b64_json'] === 'string') state.images.push(fields)
      else overlay(state.fields, fields)
      return true
    case 'segment':
      absorb(state.pieces, { segments: [fields] })
      return true
    case 'partial_image':
      absorb(state.pieces, { partial_images: [fields] })
      return true
    default:
      return false
  }
}

function toBody(state: State): JsonObject | undefined {
  const { fields, pieces, images, isDone } = state
  if (images.length > 0) return toPictures(images)
  const { delta, ...more } = pieces
  const told: JsonObject = { ...more }
  if (delta !== undefined) told[state.pieceName] = delta
  // A last event that tells no text only says that there is no more of it.
  if (isDone && fields[state.pieceName] !== undefined) delete told[state.pieceName]
  overlay(told, fields)
  return Object.keys(told).length === 0 ? undefined : told
}

/** As they are answered at once: the pictures in a list, what holds for all of them beside it. */
function toPictures(images: readonly JsonObject[]): JsonObject {
  const body: JsonObject = {}
  for (const { b64_json: _data, created_at, ...fields } of images)
    overlay(body, { created: created_at, ...fields })
  return { ...body, data: images.map(({ b64_json }) => ({ b64_json })) }
}

/** Whether each choice of a completion says why it ended. */
function hasReasons(body: JsonObject): boolean {
  const choices = objectsAt(body, 'choices')
  return choices.length > 0 && choices.every((choice) => textAt(choice, 'finish_reason') !== null)
}
