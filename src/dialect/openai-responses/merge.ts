import { absorbField } from '../../conversation/accumulate.ts'
import { isObject, objectAt, readJson, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { createTally } from '../../conversation/tally.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Merge, Reply } from '../dialect.ts'
import { unfold } from '../unfold.ts'
import { createOutput } from './output.ts'
import { errorOf, opening, silent, terminal } from './schema.ts'
import { usageOf } from './usage.ts'

/**
 * Events of a response to the response. The terminal event carries all of it and is taken word for word, even
 * where the events before it said otherwise; without it the answer is what the events had told.
 */
export function createMerge(): Merge {
  const output = createOutput()
  const unknown = createTally()
  let snapshot: JsonObject | undefined
  let isTerminal = false
  const sound: JsonObject = {}
  let error: unknown = null
  let end: 'complete' | 'error' | undefined

  function add({ event, data }: SseEvent, read?: unknown): void {
    if (data === '' || data.startsWith('[DONE]')) return
    const told = read ?? readJson(data)
    if (!isObject(told)) {
      const several = unfold(data)
      if (several === null) unknown.count('unreadable')
      else for (const one of several) add({ event, data: one })
      return
    }
    const type = textAt(told, 'type') ?? event ?? ''
    const failed = errorOf(told, type)
    error ??= failed
    if (failed !== null) return
    const response = objectAt(told, 'response')
    if (response !== undefined) addResponse(type, response)
    else if (terminal.has(type)) end ??= endOf(type, told)
    else if (!addSound(sound, type, told['delta']) && !addToOutput(type, told) && !silent.has(type))
      unknown.count(type === '' ? 'untyped' : type)
  }
  function addResponse(type: string, response: JsonObject): void {
    if (isTerminal) return
    snapshot = response
    output.begin(response)
    isTerminal = isLast(type, response)
    if (!isTerminal) return
    end = endOf(type, response)
    if (end === 'error') error ??= response['error'] ?? null
  }
  function addToOutput(type: string, told: JsonObject): boolean {
    return type.startsWith('response.') && output.add(type.slice('response.'.length), told)
  }
  function finish(): Reply {
    const body = toBody()
    return {
      body,
      ending: end === 'error' || error !== null ? 'error' : (end ?? 'cut'),
      model: textAt(body ?? {}, 'model'),
      usage: usageOf(body ?? {}),
      error,
      unknownEvents: unknown.counts(),
    }
  }
  function toBody(): JsonObject | null {
    const items = output.items()
    // Word for word, even where it has less than the events before it; unless it says nothing of an output at all.
    if (isTerminal && snapshot !== undefined && Array.isArray(snapshot['output'])) return snapshot
    if (snapshot === undefined && items.length === 0 && Object.keys(sound).length === 0) return null
    const told = snapshot ?? { object: 'response', status: 'in_progress' }
    const audio = Object.keys(sound).length === 0 ? {} : { audio: sound }
    return { ...told, ...audio, output: items }
  }
  return { add, finish }
}

/** Its name says so, or what it carries: not every provider sends each event under its own name. */
function isLast(type: string, { status }: JsonObject): boolean {
  if (terminal.has(type)) return true
  return !opening.has(type) && typeof status === 'string' && terminal.has(`response.${status}`)
}

function endOf(type: string, { status }: JsonObject): 'complete' | 'error' {
  return type === 'response.failed' || status === 'failed' ? 'error' : 'complete'
}

/** Sound belongs to no item: its text and its data are kept as chat completions have them. */
function addSound(sound: JsonObject, type: string, delta: unknown): boolean {
  const name =
    type === 'response.audio.delta'
      ? 'data'
      : type === 'response.audio.transcript.delta'
        ? 'transcript'
        : null
  if (name !== null) absorbField(sound, name, delta)
  return name !== null || type === 'response.audio.done' || type === 'response.audio.transcript.done'
}

export function whole(body: unknown): Reply {
  const fields = isObject(body) ? body : {}
  const error = fields['error'] ?? null
  return {
    body,
    ending: error === null ? 'complete' : 'error',
    model: textAt(fields, 'model'),
    usage: usageOf(fields),
    error,
    unknownEvents: {},
  }
}
