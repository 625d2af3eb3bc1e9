import type { DialectName } from '../../../src/dialect/dialect.ts'
import { anthropicStreams } from './anthropic.ts'
import { featureStreams } from './features.ts'
import { geminiStreams } from './gemini.ts'
import { openAiChatStreams } from './openai-chat.ts'
import { openAiResponsesStreams } from './openai-responses.ts'
import type { Told } from './told.ts'
import { tokenStreams } from './tokens.ts'

/** All streams written by hand. */
export const streams: Readonly<Record<DialectName, readonly Told[]>> = {
  'openai-chat': [...openAiChatStreams, tokenStreams['openai-chat'], ...featureStreams['openai-chat']],
  'openai-responses': [
    ...openAiResponsesStreams,
    tokenStreams['openai-responses'],
    ...featureStreams['openai-responses'],
  ],
  anthropic: [...anthropicStreams, tokenStreams.anthropic, ...featureStreams.anthropic],
  gemini: [...geminiStreams, tokenStreams.gemini, ...featureStreams.gemini],
}
