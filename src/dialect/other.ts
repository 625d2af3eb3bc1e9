import { isObject, objectAt } from '../conversation/json.ts'
import type { JsonObject } from '../conversation/json.ts'
import type { Usage } from '../conversation/usage.ts'
import { usageOf as geminiUsage } from './gemini/usage.ts'
import { usageOf as chatUsage } from './openai-chat/usage.ts'
import { usageOf as responsesUsage } from './openai-responses/usage.ts'

/**
 * Token counts of an answer that is none of a dialect's own (embeddings, legacy completions, images, transcriptions),
 * by the words it counts in.
 */
export function usageOfOther(body: unknown): Usage | null {
  if (!isObject(body)) return null
  const usage = [geminiUsage, readerOf(body)].map((read) => read(body)).find((read) => read !== null)
  return usage !== undefined && isTold(usage) ? usage : null
}

function readerOf(body: JsonObject): (body: JsonObject) => Usage | null {
  const usage = objectAt(body, 'usage')
  return usage !== undefined && ('input_tokens' in usage || 'seconds' in usage) ? responsesUsage : chatUsage
}

function isTold({ input, output, details }: Usage): boolean {
  return input !== null || output !== null || details?.audioSeconds !== undefined
}
