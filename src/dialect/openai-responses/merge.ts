import { isObject, objectAt, readJson, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { createTally } from '../../conversation/tally.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Merge, Reply } from '../dialect.ts'
import { createOutput } from './output.ts'
import { errorOf, silent, terminal } from './schema.ts'
import { usageOf } from './usage.ts'

/**
 * Events of a response to the response. The terminal event carries all of it and is taken word for word, even
 * where the events before it said otherwise; without it the answer is what the events had told.
 */
export function createMerge(): Merge {
  const output = createOutput()
  const unknown = createTally()
  let snapshot: JsonObject | undefined
  let hasOutput = false
  let error: unknown = null
  let end: 'complete' | 'error' | undefined

  function add({ event, data }: SseEvent, read?: unknown): void {
    if (data === '' || data.startsWith('[DONE]')) return
    const told = read ?? readJson(data)
    if (!isObject(told)) {
      unknown.count('unreadable')
      return
    }
    const type = textAt(told, 'type') ?? event ?? ''
    const failed = errorOf(told, type)
    error ??= failed
    if (failed !== null) return
    const response = objectAt(told, 'response')
    if (response !== undefined) addResponse(type, response)
    else if (type.startsWith('response.') && output.add(type.slice('response.'.length), told))
      hasOutput = true
    else if (!silent.has(type)) unknown.count(type === '' ? 'untyped' : type)
  }
  function addResponse(type: string, response: JsonObject): void {
    if (end !== undefined) return
    snapshot = response
    output.begin(response)
    if (!terminal.has(type)) return
    end = type === 'response.failed' ? 'error' : 'complete'
    if (end === 'error') error ??= response['error'] ?? null
  }
  function finish(): Reply {
    const body = end === undefined ? toBody() : (snapshot ?? null)
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
    if (snapshot === undefined && !hasOutput) return null
    const told = snapshot ?? { object: 'response', status: 'in_progress' }
    return { ...told, output: output.items() }
  }
  return { add, finish }
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
