import { countAt, objectAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import type { Usage } from '../../conversation/usage.ts'

/**
 * Token counts of a generation. Cached tokens are part of the prompt, what tools put into the prompt is counted
 * beside it, and thoughts are counted beside the candidates.
 */
export function usageOf(body: JsonObject): Usage | null {
  const usage = objectAt(body, 'usageMetadata')
  if (usage === undefined) return null
  const reasoning = countAt(usage, 'thoughtsTokenCount')
  return {
    input: sum(countAt(usage, 'promptTokenCount'), countAt(usage, 'toolUsePromptTokenCount')),
    cachedInput: countAt(usage, 'cachedContentTokenCount'),
    cacheWrite: null,
    output: sum(countAt(usage, 'candidatesTokenCount'), reasoning),
    reasoning,
  }
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}
