import type { Dialect } from '../dialect.ts'
import { createMerge, whole } from './merge.ts'
import { refuse, refuseEvent } from './refuse.ts'

/** OpenAI's chat completions, as OpenAI and the many that copy it speak them. */
export const openAiChat: Dialect = {
  name: 'openai-chat',
  owns: (path) => path.endsWith('/chat/completions'),
  merge: createMerge,
  whole,
  refuse,
  refuseEvent,
  endMarks: ['data: [DONE]', 'data:[DONE]'],
  bearsComments: true,
}
