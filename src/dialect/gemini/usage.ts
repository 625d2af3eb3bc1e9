import { countAt, objectAt, objectsAt, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { type Usage, toolCounts, withDetails } from '../../conversation/usage.ts'

/**
 * Token counts of a generation. Cached tokens are part of the prompt, what tools put into the prompt is counted
 * beside it, and thoughts are counted beside the candidates.
 */
export function usageOf(body: JsonObject): Usage | null {
  const usage = objectAt(body, 'usageMetadata')
  if (usage === undefined) return null
  const reasoning = countAt(usage, 'thoughtsTokenCount')
  const toolInput = countAt(usage, 'toolUsePromptTokenCount')
  const prompt = [
    ...objectsAt(usage, 'promptTokensDetails'),
    ...objectsAt(usage, 'toolUsePromptTokensDetails'),
  ]
  const cached = objectsAt(usage, 'cacheTokensDetails')
  const told = objectsAt(usage, 'candidatesTokensDetails')
  return withDetails(
    {
      input: sum(countAt(usage, 'promptTokenCount'), toolInput),
      cachedInput: countAt(usage, 'cachedContentTokenCount'),
      cacheWrite: null,
      output: sum(countAt(usage, 'candidatesTokenCount'), reasoning),
      reasoning,
    },
    {
      inputAudio: ofModality(prompt, audio),
      cachedAudio: ofModality(cached, audio),
      inputImage: ofModality(prompt, image),
      cachedImage: ofModality(cached, image),
      toolInput,
      outputAudio: ofModality(told, audio),
      outputImage: ofModality(told, image),
      serverTools: toolCounts([['web_search', searchesOf(body)]]),
      tier: textAt(usage, 'serviceTier') ?? textAt(usage, 'trafficType'),
    },
  )
}

const audio: ReadonlySet<string> = new Set(['AUDIO'])
/** Pages are charged as images. */
const image: ReadonlySet<string> = new Set(['IMAGE', 'DOCUMENT'])

function ofModality(counts: readonly JsonObject[], modalities: ReadonlySet<string>): number | null {
  return counts
    .filter((entry) => modalities.has(textAt(entry, 'modality') ?? ''))
    .reduce<number | null>((all, entry) => sum(all, countAt(entry, 'tokenCount')), null)
}

/** Searches the answer stands on; some come with an empty query beside the real one. */
function searchesOf(body: JsonObject): number {
  return objectsAt(body, 'candidates').reduce((all, candidate) => {
    const queries = objectAt(candidate, 'groundingMetadata')?.['webSearchQueries']
    return all + (Array.isArray(queries) ? queries.filter((query) => query !== '').length : 0)
  }, 0)
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}
