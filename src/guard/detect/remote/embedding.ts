import { isObject } from '../../../conversation/json.ts'
import type { Embedding } from '../schema.ts'
import { askBatches } from './batches.ts'
import { createCaller } from './caller.ts'
import { fail } from './failure.ts'
import type { Made, Means } from './means.ts'

/** Embeddings by a model that Weir itself reaches. All come out one long, so that their product is their cosine. */
export function createEmbedding(settings: Embedding, means: Means): Made {
  const { ask } = means
  const { target, maxCharacters, maxBatch, maxResponseBytes } = settings
  const caller = createCaller(settings, means)
  const askTexts = async (texts: readonly string[], signal: AbortSignal): Promise<readonly number[][]> => {
    const input = texts.map((text) => text.toWellFormed())
    const body = { model: target, input, encoding_format: 'float' }
    const answer = await ask({ path: '/v1/embeddings', body, maxResponseBytes }, signal)
    return vectorsIn(answer, texts.length, settings)
  }
  return {
    kind: 'remote',
    kinds: [],
    mostTexts: settings.maxTexts,
    detect: async (texts, _options, signal) => {
      if (texts.some((text) => text.length > maxCharacters))
        fail('text', `a text is longer than ${maxCharacters} characters`)
      // Providers refuse an empty text. It is like nothing: its product with anything is 0.
      const given = texts.filter((text) => text !== '')
      const vectors = await askBatches(given, { caller, size: maxBatch, ask: askTexts }, signal)
      return texts.map((text) => ({ findings: [], value: vectors.get(text) ?? [] }))
    },
  }
}

function vectorsIn(answer: unknown, count: number, { maxDimensions }: Embedding): number[][] {
  const data = isObject(answer) && Array.isArray(answer['data']) ? answer['data'] : []
  if (data.length !== count)
    return fail(
      'service',
      `its answer has ${data.length} embeddings for ${count === 1 ? 'a text' : `${count} texts`}`,
    )
  const vectors = new Map<number, number[]>()
  data.forEach((entry: unknown, at) => {
    const { index = at, embedding } = isObject(entry) ? entry : {}
    if (typeof index === 'number') vectors.set(index, unitOf(embedding, maxDimensions))
  })
  return Array.from(
    { length: count },
    (_, at) => vectors.get(at) ?? fail('service', 'a text has no embedding'),
  )
}

function unitOf(embedding: unknown, mostDimensions: number): number[] {
  if (!Array.isArray(embedding) || !embedding.every((each) => typeof each === 'number'))
    return fail('service', 'one of its embeddings is no list of numbers')
  if (embedding.length > mostDimensions)
    return fail('service', `one of its embeddings has more than ${mostDimensions} numbers`)
  const length = Math.sqrt(embedding.reduce((sum, each) => sum + each * each, 0))
  return length > 0
    ? embedding.map((each) => each / length)
    : fail('service', 'one of its embeddings is zero')
}
