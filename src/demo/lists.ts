import { models } from './model.ts'
import { scenarios } from './scenario.ts'
import type { Json, JsonObject } from './json.ts'

/** What can be called, as OpenAI, Anthropic and Gemini list it. */
const all = [...models, ...scenarios]
const since = '2026-01-01T00:00:00Z'
const contextTokens = 1_048_576
const outputTokens = 65_536

/** The names that mean one model each; a number in a name makes it one of many. */
export const plainNames: readonly string[] = all.map(({ name }) => name).filter((name) => !/-\d/.test(name))

/** OpenAI's list; Anthropic's SDK finds its own fields in it. */
export function openaiModels(): Json {
  const data = all.map(openaiEntry)
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: all[0]?.name ?? null,
    last_id: all.at(-1)?.name ?? null,
  }
}

export function geminiModels(): Json {
  return { models: all.map(geminiEntry) }
}

/** Any name is a model of the demo, listed or not. */
export function openaiModel(asked: string): Json {
  return openaiEntry(find(asked))
}

export function geminiModel(asked: string): Json {
  return geminiEntry(find(asked))
}

type Entry = { readonly name: string; readonly description: string }

function find(asked: string): Entry {
  const name = asked.replace(/^demo\//i, '')
  return all.find((entry) => entry.name === name) ?? { name, description: 'Answers, streams at a human pace' }
}

function openaiEntry({ name, description }: Entry): JsonObject {
  return {
    id: name,
    object: 'model',
    created: Date.parse(since) / 1000,
    owned_by: 'weir',
    type: 'model',
    display_name: description,
    created_at: since,
  }
}

function geminiEntry({ name, description }: Entry): JsonObject {
  return {
    name: `models/${name}`,
    version: '001',
    displayName: name,
    description,
    inputTokenLimit: contextTokens,
    outputTokenLimit: outputTokens,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
  }
}
