import type { Providers } from './provider.ts'

/**
 * What can be called by model, as a list that the SDKs of OpenAI, Anthropic and Gemini can read: the names that providers
 * own, in full form. Names that end in `*` stand for many and are no names to call.
 */
export function modelList(path: string, providers: Providers): unknown {
  const ids = [...providers.values()].flatMap((provider) => {
    return provider.models
      .filter((model) => !model.endsWith('*'))
      .map((model) => ({ provider: provider.name, model }))
  })
  return path.startsWith('/v1beta') ? geminiList(ids) : openaiList(ids)
}

type Named = { readonly provider: string; readonly model: string }

// No provider says when it made a model; the field has to be there for OpenAI's SDK.
const created = 0

function openaiList(ids: readonly Named[]): unknown {
  const data = ids.map(({ provider, model }) => ({
    id: `${provider}/${model}`,
    object: 'model',
    created,
    owned_by: provider,
    type: 'model',
    display_name: model,
    created_at: new Date(created).toISOString(),
  }))
  const [first, last] = [data[0], data.at(-1)]
  return { object: 'list', data, has_more: false, first_id: first?.id ?? null, last_id: last?.id ?? null }
}

function geminiList(ids: readonly Named[]): unknown {
  const models = ids.map(({ provider, model }) => ({
    name: `models/${provider}/${model}`,
    displayName: model,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }))
  return { models }
}
