import { overlayField } from '../../conversation/accumulate.ts'
import { isObject, objectAt, objectsAt, readJson, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { createTally } from '../../conversation/tally.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Merge, Reply } from '../dialect.ts'
import { addCandidate, createCandidate, toCandidate } from './candidate.ts'
import type { Candidate } from './candidate.ts'
import { errorOf, errorOfBody, hasCounts, indexOf } from './schema.ts'
import { usageOf } from './usage.ts'

/** Chunks of a generation to the generation. It has no end mark but the reason why each candidate finished. */
export function createMerge(): Merge {
  const top: JsonObject = {}
  const candidates = new Map<number, Candidate>()
  const unknown = createTally()
  let error: unknown = null
  let isStarted = false

  function add({ data }: SseEvent): void {
    if (data === '' || data.startsWith('[DONE]')) return
    const chunk = readJson(data)
    if (!isObject(chunk)) {
      unknown.count('unreadable')
      return
    }
    const failed = errorOf(chunk)
    error ??= failed
    if (failed !== null && chunk['candidates'] === undefined) return
    isStarted = true
    addChunk(top, candidates, chunk)
  }
  function finish(stop?: 'torn'): Reply {
    const body = isStarted ? toBody(top, candidates) : null
    return {
      body,
      ending: error !== null ? 'error' : stop !== 'torn' && isTold(top, candidates) ? 'complete' : 'cut',
      model: textAt(top, 'modelVersion'),
      // Of all of it: what was searched for is told by the candidates.
      usage: usageOf(body ?? {}),
      error,
      unknownEvents: unknown.counts(),
    }
  }
  return { add, finish }
}

export function whole(body: unknown): Reply {
  const fields = isObject(body) ? body : {}
  const error = errorOfBody(body)
  return {
    body,
    ending: error === null ? 'complete' : 'error',
    model: textAt(fields, 'modelVersion'),
    usage: usageOf(fields),
    error,
    unknownEvents: {},
  }
}

function addChunk(top: JsonObject, candidates: Map<number, Candidate>, chunk: JsonObject): void {
  for (const key in chunk) {
    if (key === 'error') continue
    if (key === 'usageMetadata' && hasCounts(chunk)) {
      top[key] = chunk[key]
      continue
    }
    if (key !== 'candidates') {
      overlayField(top, key, chunk[key])
      continue
    }
    for (const told of objectsAt(chunk, key)) {
      const index = indexOf(told)
      let candidate = candidates.get(index)
      if (candidate === undefined) {
        candidate = createCandidate()
        candidates.set(index, candidate)
      }
      addCandidate(candidate, told)
    }
  }
}

/** Each candidate says why it finished; a prompt that was blocked has none. */
function isTold(top: JsonObject, candidates: Map<number, Candidate>): boolean {
  if (candidates.size === 0) return textAt(objectAt(top, 'promptFeedback'), 'blockReason') !== null
  return candidates.values().every(({ fields }) => textAt(fields, 'finishReason') !== null)
}

function toBody(top: JsonObject, candidates: Map<number, Candidate>): JsonObject {
  if (candidates.size === 0) return top
  const list = [...candidates].toSorted(([a], [b]) => a - b)
  return { candidates: list.map(([index, candidate]) => toCandidate(index, candidate)), ...top }
}
