import { overlayField } from '../../conversation/accumulate.ts'
import { isObject, objectAt, readJson, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { rawElements, rawMember } from '../../conversation/raw-json.ts'
import { createTally } from '../../conversation/tally.ts'
import type { SseEvent } from '../../wire/sse.ts'
import type { Merge, Reply } from '../dialect.ts'
import { unfold } from '../unfold.ts'
import { addCandidate, argumentsOf, createCandidate, toCandidate } from './candidate.ts'
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

  function add({ data }: SseEvent, read?: unknown): void {
    if (data === '' || data.startsWith('[DONE]')) return
    const chunk = read ?? readJson(data)
    if (!isObject(chunk)) {
      const several = unfold(data)
      if (several === null) unknown.count('unreadable')
      else for (const one of several) add({ data: one })
      return
    }
    const failed = errorOf(chunk)
    error ??= failed
    if (failed !== null && chunk['candidates'] === undefined) return
    isStarted = true
    addChunk(top, candidates, chunk, data)
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
      argumentTexts: textsOf(candidates),
      unknownEvents: unknown.counts(),
    }
  }
  return { add, finish }
}

export function whole(body: unknown, text = ''): Reply {
  const fields = isObject(body) ? body : {}
  const error = errorOfBody(body)
  return {
    body,
    ending: error === null ? 'complete' : 'error',
    model: textAt(fields, 'modelVersion'),
    usage: usageOf(fields),
    error,
    argumentTexts: textsOfBody(fields, text),
    unknownEvents: {},
  }
}

/** `data`: the chunk as it was written. */
function addChunk(
  top: JsonObject,
  candidates: Map<number, Candidate>,
  chunk: JsonObject,
  data: string,
): void {
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
    const raw = rawCandidates(data)
    for (const [place, told] of elementsAt(chunk, key)) {
      const index = indexOf(told)
      let candidate = candidates.get(index)
      if (candidate === undefined) {
        candidate = createCandidate()
        candidates.set(index, candidate)
      }
      addCandidate(candidate, told, () => raw()[place] ?? '')
    }
  }
}

/** The candidates as they were written, looked for once and only if somebody asks. */
function rawCandidates(text: string): () => readonly string[] {
  let found: readonly string[] | undefined
  return () => (found ??= rawElements(rawMember(text, 'candidates')))
}

function* elementsAt(from: JsonObject, key: string): Generator<[number, JsonObject]> {
  const list = from[key]
  if (!Array.isArray(list)) return
  for (const [place, element] of list.entries()) if (isObject(element)) yield [place, element]
}

/** What was given to functions, as it was written, by its place in the body. */
function textsOf(candidates: Map<number, Candidate>): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [at, [, candidate]] of inOrder(candidates).entries()) {
    for (const [part, raw] of candidate.parts.texts()) texts[argumentsAt(at, part)] = raw
  }
  return texts
}

function textsOfBody(body: JsonObject, text: string): Record<string, string> {
  const texts: Record<string, string> = {}
  const raw = rawCandidates(text)
  for (const [at, candidate] of elementsAt(body, 'candidates')) {
    const found = argumentsOf(objectAt(candidate, 'content'), () => raw()[at] ?? '')
    for (const [part, args] of found) texts[argumentsAt(at, part)] = args
  }
  return texts
}

function argumentsAt(candidate: number, part: number): string {
  return `/candidates/${candidate}/content/parts/${part}/functionCall/args`
}

/** Each candidate says why it finished; of a prompt that was blocked, be it late, nothing more comes. */
function isTold(top: JsonObject, candidates: Map<number, Candidate>): boolean {
  if (textAt(objectAt(top, 'promptFeedback'), 'blockReason') !== null) return true
  return (
    candidates.size > 0 && candidates.values().every(({ fields }) => textAt(fields, 'finishReason') !== null)
  )
}

function toBody(top: JsonObject, candidates: Map<number, Candidate>): JsonObject {
  if (candidates.size === 0) return top
  const list = inOrder(candidates).map(([index, candidate]) => toCandidate(index, candidate))
  return { candidates: list, ...top }
}

function inOrder(candidates: Map<number, Candidate>): [number, Candidate][] {
  return [...candidates].toSorted(([a], [b]) => a - b)
}
