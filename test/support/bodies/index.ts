import type { DialectName } from '../../../src/dialect/dialect.ts'
import { anthropic } from './anthropic.ts'
import { gemini } from './gemini.ts'
import { openAiChat } from './openai-chat.ts'
import { openAiResponses } from './openai-responses.ts'

/** Bodies of requests, made by hand. */
export const bodies: Readonly<Record<DialectName, readonly unknown[]>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  anthropic,
  gemini,
}
