import type { DialectName } from '../../dialect/dialect.ts'
import { createAnthropicEar } from './anthropic.ts'
import { createGeminiEar } from './gemini.ts'
import type { Ear } from './heard.ts'
import { createChatEar } from './openai-chat.ts'
import { createResponsesEar } from './openai-responses.ts'

/** For the answer of any dialect. */
export const ears: Readonly<Record<DialectName, () => Ear>> = {
  'openai-chat': createChatEar,
  'openai-responses': createResponsesEar,
  anthropic: createAnthropicEar,
  gemini: createGeminiEar,
}
