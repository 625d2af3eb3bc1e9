import { anthropic } from './anthropic/index.ts'
import type { Dialect, DialectName } from './dialect.ts'
import { gemini } from './gemini/index.ts'
import { openAiChat } from './openai-chat/index.ts'
import { openAiResponses } from './openai-responses/index.ts'

/** Every dialect there is. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  anthropic,
  gemini,
}

/** The dialect a path asks for, of those that the provider behind it speaks. */
export function dialectOf(path: string, among: readonly DialectName[]): Dialect | undefined {
  const name = among.find((candidate) => dialects[candidate].owns(path))
  return name === undefined ? undefined : dialects[name]
}
