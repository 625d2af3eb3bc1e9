import { countAt, objectAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import type { Usage } from '../../conversation/usage.ts'

/** Token counts of a response: cached tokens are part of the input, reasoning is part of the output. */
export function usageOf(response: JsonObject): Usage | null {
  const usage = objectAt(response, 'usage')
  if (usage === undefined) return null
  const input = objectAt(usage, 'input_tokens_details')
  return {
    input: countAt(usage, 'input_tokens'),
    cachedInput: countAt(input, 'cached_tokens'),
    cacheWrite: countAt(input, 'cache_write_tokens'),
    output: countAt(usage, 'output_tokens'),
    reasoning: countAt(objectAt(usage, 'output_tokens_details'), 'reasoning_tokens'),
  }
}
