import { type Invariant, toInvariant } from '../conversation/invariant.ts'
import { isObject, type JsonObject } from '../conversation/json.ts'
import type { DialectName } from '../dialect/dialect.ts'
import { dialects } from '../dialect/index.ts'
import type { Trace } from '../trace/read.ts'
import { referenceLines } from '../trace/reference.ts'
import { annotationsOf } from './annotations.ts'

/**
 * A trace as Invariant's gateway pushed it: messages in Invariant's form without their nulls, what was asked for beside
 * them as metadata, and what rules found as annotations. Every trace says under `weir_trace` which one it is, so that a
 * remote can be asked whether it has it.
 */
export type Payload = {
  readonly messages: readonly [readonly JsonObject[]]
  readonly annotations: readonly [readonly JsonObject[]] | null
  readonly dataset: string
  readonly metadata: readonly [JsonObject]
}

export const traceKey = 'weir_trace'

/** Null if it tells no conversation. */
export function payloadOf(trace: Trace, dataset: string): Payload | null {
  const { dialect, request, reply, answer } = trace
  if (dialect === null || !isTold(request)) return null
  const { readRequest, readAnswer } = dialects[dialect]
  // Whatever status the client saw: an answer that a rule blocked is told, and the body of an error holds none.
  const answered = isTold(reply) ? readAnswer(reply, answer?.argumentTexts) : undefined
  const { messages } = toInvariant(readRequest(request), answered)
  const told = messages.map(withoutNulls)
  const annotations = annotationsOf(trace.verdicts, told)
  return {
    messages: [told],
    annotations: annotations.length === 0 ? null : [annotations],
    dataset,
    metadata: [metadataOf(dialect, trace)],
  }
}

function withoutNulls(message: Invariant['messages'][number]): JsonObject {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null))
}

type Keys = { readonly dropped: readonly string[]; readonly usage: string; readonly model: string | null }

/** What of a body stands in the messages, where its usage is, and what the reply says of the model. */
const keys: Readonly<Record<DialectName, Keys>> = {
  'openai-chat': { dropped: ['messages'], usage: 'usage', model: 'model' },
  'openai-responses': { dropped: ['input', 'instructions'], usage: 'usage', model: 'model' },
  anthropic: { dropped: ['messages', 'system'], usage: 'usage', model: null },
  gemini: {
    dropped: ['contents', 'systemInstruction', 'system_instruction'],
    usage: 'usageMetadata',
    model: 'modelVersion',
  },
}

function metadataOf(dialect: DialectName, { id, request, reply, model, usage }: Trace): JsonObject {
  const { dropped, usage: usageKey, model: modelKey } = keys[dialect]
  const asked = isTold(request) ? request : {}
  const said = isTold(reply) ? reply : {}
  const settings = Object.entries(asked).filter(([key, value]) => value !== null && !dropped.includes(key))
  const told = said[usageKey] ?? usage
  const answeredBy = modelKey === null ? null : (said[modelKey] ?? null)
  return {
    // Gemini's requests name it in their path.
    ...(dialect === 'gemini' && model !== null && { model }),
    ...Object.fromEntries(settings),
    via_gateway: true,
    ...(told !== null && { usage: told }),
    ...(modelKey !== null && answeredBy !== null && { [modelKey]: answeredBy }),
    [traceKey]: id,
  }
}

function isTold(body: unknown): body is JsonObject {
  return isObject(body) && referenceLines(body, String) === null
}
