import { countAt, objectAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import type { Usage } from '../../conversation/usage.ts'

/** Token counts of a message. Here `input_tokens` are only those that no cache was read or written for. */
export function usageOf(message: JsonObject): Usage | null {
  const usage = objectAt(message, 'usage')
  if (usage === undefined) return null
  const fresh = countAt(usage, 'input_tokens')
  const cachedInput = countAt(usage, 'cache_read_input_tokens')
  const cacheWrite = countAt(usage, 'cache_creation_input_tokens')
  return {
    input: fresh === null ? null : fresh + (cachedInput ?? 0) + (cacheWrite ?? 0),
    cachedInput,
    cacheWrite,
    output: countAt(usage, 'output_tokens'),
    reasoning: countAt(objectAt(usage, 'output_tokens_details'), 'thinking_tokens'),
  }
}
