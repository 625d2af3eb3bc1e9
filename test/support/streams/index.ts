import type { DialectName } from '../../../src/dialect/dialect.ts'
import { anthropicStreams } from './anthropic.ts'
import { geminiStreams } from './gemini.ts'
import { openAiChatStreams } from './openai-chat.ts'
import { openAiResponsesStreams } from './openai-responses.ts'
import type { Told } from './told.ts'

/** All streams written by hand. */
export const streams: Readonly<Record<DialectName, readonly Told[]>> = {
  'openai-chat': openAiChatStreams,
  'openai-responses': openAiResponsesStreams,
  anthropic: anthropicStreams,
  gemini: geminiStreams,
}
