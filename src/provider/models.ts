import type { Listed } from './catalogue.ts'

/**
 * What can be called by model, in the shapes that the SDKs read: OpenAI's and Anthropic's find theirs in one and the
 * same object, Google's has its own.
 */
export type Shape = 'openai' | 'gemini'

export function modelList(shape: Shape, models: readonly Listed[]): unknown {
  if (shape === 'gemini') return { models: models.map(geminiEntry) }
  const data = models.map(openaiEntry)
  const [first, last] = [data[0], data.at(-1)]
  return { object: 'list', data, has_more: false, first_id: first?.id ?? null, last_id: last?.id ?? null }
}

export function modelEntry(shape: Shape, model: Listed): unknown {
  return shape === 'gemini' ? geminiEntry(model) : openaiEntry(model)
}

// When a model was made is not known; the field has to be there for OpenAI's SDK.
const created = 0

function openaiEntry({ provider, name }: Listed) {
  return {
    id: `${provider.name}/${name}`,
    object: 'model',
    created,
    owned_by: provider.name,
    type: 'model',
    display_name: name,
    created_at: new Date(created).toISOString(),
  }
}

function geminiEntry({ provider, name }: Listed) {
  // The list tells of all models; those of other dialects cannot be called in this one.
  const methods = provider.dialects.includes('gemini') ? ['generateContent', 'countTokens'] : []
  return {
    name: `models/${provider.name}/${name}`,
    displayName: name,
    supportedGenerationMethods: methods,
  }
}
