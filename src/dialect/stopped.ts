import { type JsonObject, isObject, objectAt, objectsAt, textAt } from '../conversation/json.ts'
import type { DialectName } from './dialect.ts'

/** Why an answer stopped, in the provider's own words: one for each of its choices, each once. Empty if it says nothing. */
export function stoppedBy(dialect: DialectName | null, body: unknown): readonly string[] {
  if (dialect === null || !isObject(body)) return []
  const reasons = readers[dialect](body)
  return [...new Set(reasons.filter((reason) => reason !== null))]
}

type Reader = (body: JsonObject) => readonly (string | null)[]

const readers: Readonly<Record<DialectName, Reader>> = {
  'openai-chat': (body) => objectsAt(body, 'choices').map((choice) => textAt(choice, 'finish_reason')),
  'openai-responses': (body) => [
    textAt(objectAt(body, 'incomplete_details'), 'reason') ?? textAt(body, 'status'),
  ],
  anthropic: (body) => [textAt(body, 'stop_reason')],
  gemini: (body) => [
    textAt(objectAt(body, 'promptFeedback'), 'blockReason'),
    ...objectsAt(body, 'candidates').map((candidate) => textAt(candidate, 'finishReason')),
  ],
}
