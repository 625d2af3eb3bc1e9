import { countAt, objectAt, objectsAt, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { type Usage, toolCounts, withDetails } from '../../conversation/usage.ts'

/**
 * Token counts of a response, of images or of a transcription: cached tokens are part of the input, reasoning is part
 * of the output. A transcription says `input_token_details`, and may be counted in seconds instead.
 */
export function usageOf(response: JsonObject): Usage | null {
  const usage = objectAt(response, 'usage')
  if (usage === undefined) return null
  const input = objectAt(usage, 'input_tokens_details') ?? objectAt(usage, 'input_token_details')
  const output = objectAt(usage, 'output_tokens_details') ?? objectAt(usage, 'output_token_details')
  const cached = objectAt(input, 'cached_tokens_details')
  const ticks = countAt(usage, 'cost_in_usd_ticks')
  return withDetails(
    {
      input: countAt(usage, 'input_tokens'),
      cachedInput: countAt(input, 'cached_tokens'),
      cacheWrite: countAt(input, 'cache_write_tokens'),
      output: countAt(usage, 'output_tokens'),
      reasoning: countAt(output, 'reasoning_tokens'),
    },
    {
      inputAudio: countAt(input, 'audio_tokens'),
      cachedAudio: countAt(cached, 'audio_tokens'),
      inputImage: countAt(input, 'image_tokens'),
      cachedImage: countAt(cached, 'image_tokens'),
      outputAudio: countAt(output, 'audio_tokens'),
      outputImage: countAt(output, 'image_tokens'),
      audioSeconds: countAt(usage, 'seconds'),
      serverTools: toolCounts(objectsAt(response, 'output').map(callOf)),
      tier: textAt(response, 'service_tier'),
      reportedCost: countAt(usage, 'cost') ?? (ticks === null ? null : ticks / 1e10),
    },
  )
}

/** No count tells them, the output does. Of a web search only searching is a request, not opening what was found. */
function callOf(item: JsonObject): readonly [name: string, count: number] {
  const name = /^(web_search|file_search|code_interpreter|image_generation|mcp)_call$/.exec(
    textAt(item, 'type') ?? '',
  )?.[1]
  const action = textAt(objectAt(item, 'action'), 'type') ?? 'search'
  if (name === undefined || (name === 'web_search' && action !== 'search')) return ['', 0]
  return [name, 1]
}
