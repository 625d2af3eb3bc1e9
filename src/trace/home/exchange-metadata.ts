import { isObject, type JsonObject } from '../../conversation/json.ts'
import type { DialectName } from '../../dialect/dialect.ts'
import type { Trace } from '../read.ts'
import { referenceLines } from '../reference.ts'

/**
 * What Invariant's gateway told of an exchange beside its messages: what was asked for besides them, the usage in the
 * provider's own words, and the model that answered. Whoever reads traces knows them by these keys.
 */
export type ExchangeTold = Pick<Trace, 'request' | 'reply' | 'model' | 'usage'>

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

export function exchangeMetadata(dialect: DialectName, told: ExchangeTold): JsonObject {
  const { request, reply, model, usage } = told
  const { dropped, usage: usageKey, model: modelKey } = keys[dialect]
  const asked = isTold(request) ? request : {}
  const said = isTold(reply) ? reply : {}
  const settings = Object.entries(asked).filter(([key, value]) => value !== null && !dropped.includes(key))
  const used = said[usageKey] ?? usage
  const answeredBy = modelKey === null ? null : (said[modelKey] ?? null)
  return {
    // Gemini's requests name it in their path.
    ...(dialect === 'gemini' && model !== null && { model }),
    ...Object.fromEntries(settings),
    via_gateway: true,
    ...(used !== null && { usage: used }),
    ...(modelKey !== null && answeredBy !== null && { [modelKey]: answeredBy }),
  }
}

/** A body that came as JSON and is kept. */
export function isTold(body: unknown): body is JsonObject {
  return isObject(body) && referenceLines(body, String) === null
}
