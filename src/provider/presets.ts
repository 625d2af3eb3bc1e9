import type { DialectName } from '../dialect/dialect.ts'

/**
 * Providers that exist without configuration. A new one that speaks a known dialect is one line here.
 * `models` are the names it owns: a bare name asked for by model goes to the provider that owns it. All end in `*`: which
 * ones there are, only the provider itself can say.
 */
export type Preset = {
  readonly dialects: readonly DialectName[]
  readonly url: string
  readonly models: readonly string[]
}

const openaiModels = [
  'gpt-*',
  'chatgpt-*',
  'codex-*',
  'o1*',
  'o3*',
  'o4*',
  'text-embedding-3-*',
  'text-embedding-ada-*',
  'dall-e-*',
  'whisper-*',
  'tts-*',
  'sora-*',
  'omni-moderation-*',
  'computer-use-*',
]
const geminiModels = ['gemini-*', 'gemma-*', 'imagen-*', 'veo-*', 'learnlm-*', 'text-embedding-0*', 'aqa*']

/** The address of the provider that answers in this process. */
export const inProcess = 'weir:demo'

export const presets: Readonly<Record<string, Preset>> = {
  openai: {
    dialects: ['openai-chat', 'openai-responses'],
    url: 'https://api.openai.com/v1',
    models: openaiModels,
  },
  anthropic: { dialects: ['anthropic'], url: 'https://api.anthropic.com', models: ['claude-*'] },
  gemini: { dialects: ['gemini'], url: 'https://generativelanguage.googleapis.com', models: geminiModels },
  demo: { dialects: ['openai-chat', 'openai-responses', 'anthropic', 'gemini'], url: inProcess, models: [] },
}
