import { countAt, objectAt, objectsAt, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { type OtherUsage, type Usage, toolCounts, withDetails } from '../../conversation/usage.ts'

/** Token counts of a message. Here `input_tokens` are only those that no cache was read or written for. */
export function usageOf(message: JsonObject): Usage | null {
  const usage = objectAt(message, 'usage')
  if (usage === undefined) return null
  const lifetimes = objectAt(usage, 'cache_creation')
  const others = objectsAt(usage, 'iterations').filter(isExtra).map(toOther)
  return withDetails(
    { ...countsOf(usage), reasoning: countAt(objectAt(usage, 'output_tokens_details'), 'thinking_tokens') },
    {
      cacheWrite5m: countAt(lifetimes, 'ephemeral_5m_input_tokens'),
      cacheWrite1h: countAt(lifetimes, 'ephemeral_1h_input_tokens'),
      serverTools: toolsOf(objectAt(usage, 'server_tool_use')),
      tier: textAt(usage, 'service_tier'),
      others: others.length === 0 ? null : others,
    },
  )
}

function countsOf(usage: JsonObject): Omit<Usage, 'reasoning'> {
  const fresh = countAt(usage, 'input_tokens')
  const cachedInput = countAt(usage, 'cache_read_input_tokens')
  const cacheWrite = countAt(usage, 'cache_creation_input_tokens')
  const input = fresh === null ? null : fresh + (cachedInput ?? 0) + (cacheWrite ?? 0)
  return { input, cachedInput, cacheWrite, output: countAt(usage, 'output_tokens') }
}

/** `web_search_requests: 2` is two of `web_search`. */
function toolsOf(used: JsonObject | undefined) {
  if (used === undefined) return null
  return toolCounts(Object.keys(used).map((key) => [key.replace(/_requests$/, ''), countAt(used, key)]))
}

/** The sum at the top is of the iterations of the answer's own model; an advisor's and compactions come on top. */
function isExtra(iteration: JsonObject): boolean {
  const type = textAt(iteration, 'type')
  return type === 'advisor_message' || type === 'compaction'
}

function toOther(iteration: JsonObject): OtherUsage {
  const kind = (textAt(iteration, 'type') ?? '').replace(/_message$/, '')
  return { kind, model: textAt(iteration, 'model'), ...countsOf(iteration) }
}
