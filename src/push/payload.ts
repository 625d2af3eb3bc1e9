import { type Invariant, toInvariant } from '../conversation/invariant.ts'
import type { JsonObject } from '../conversation/json.ts'
import { dialects } from '../dialect/index.ts'
import { exchangeMetadata, isTold } from '../trace/home/exchange-metadata.ts'
import type { Trace } from '../trace/read.ts'
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
    metadata: [{ ...exchangeMetadata(dialect, trace), [traceKey]: trace.id }],
  }
}

function withoutNulls(message: Invariant['messages'][number]): JsonObject {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null))
}
