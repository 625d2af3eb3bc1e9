import { countAt, isObject, objectAt, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { type Usage, toolCounts, withDetails } from '../../conversation/usage.ts'

/**
 * Token counts of a chat completion, a legacy completion or embeddings. Cached tokens are part of `prompt_tokens`;
 * DeepSeek and Moonshot tell them under names of their own, older Groq and Moonshot hide the whole count elsewhere.
 */
export function usageOf(body: JsonObject): Usage | null {
  const usage = objectAt(body, 'usage') ?? objectAt(objectAt(body, 'x_groq'), 'usage') ?? usageOfChoice(body)
  if (usage === undefined) return null
  const prompt = objectAt(usage, 'prompt_tokens_details')
  const completion = objectAt(usage, 'completion_tokens_details')
  const input = countAt(usage, 'prompt_tokens')
  const reasoning = countAt(completion, 'reasoning_tokens')
  return withDetails(
    {
      input,
      cachedInput:
        countAt(prompt, 'cached_tokens') ??
        countAt(usage, 'prompt_cache_hit_tokens') ??
        countAt(usage, 'cached_tokens'),
      cacheWrite: countAt(prompt, 'cache_write_tokens'),
      output: outputOf(usage, input, reasoning),
      reasoning,
    },
    {
      inputAudio: countAt(prompt, 'audio_tokens'),
      inputImage: countAt(prompt, 'image_tokens'),
      outputAudio: countAt(completion, 'audio_tokens'),
      outputImage: countAt(completion, 'image_tokens'),
      serverTools: toolsOf(usage),
      tier: textAt(body, 'service_tier'),
      reportedCost: costOf(usage),
    },
  )
}

/** xAI does not count reasoning among the completion tokens; its total tells. */
function outputOf(usage: JsonObject, input: number | null, reasoning: number | null): number | null {
  const output = countAt(usage, 'completion_tokens')
  const total = countAt(usage, 'total_tokens')
  if (total === null || input === null) return output
  if (output === null) return total >= input ? total - input : null
  return reasoning !== null && total === input + output + reasoning ? output + reasoning : output
}

/** OpenRouter's word, and Perplexity's. */
function toolsOf(usage: JsonObject) {
  const searches =
    countAt(objectAt(usage, 'server_tool_use'), 'web_search_requests') ?? countAt(usage, 'num_search_queries')
  return toolCounts([['web_search', searches]])
}

/** OpenRouter tells dollars, xAI ten-thousand-millionths of one. */
function costOf(usage: JsonObject): number | null {
  const ticks = countAt(usage, 'cost_in_usd_ticks')
  return countAt(usage, 'cost') ?? (ticks === null ? null : ticks / 1e10)
}

function usageOfChoice(body: JsonObject): JsonObject | undefined {
  const choices = body['choices']
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined
  return isObject(first) ? objectAt(first, 'usage') : undefined
}
