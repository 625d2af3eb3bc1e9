import type { Dialect } from '../dialect.ts'
import { grows } from './grows.ts'
import { createMerge, whole } from './merge.ts'
import { readRequest } from './read.ts'
import { refuse, refuseEvent } from './refuse.ts'
import { readAnswer } from './reply.ts'

/** OpenAI's chat completions, as OpenAI and the many that copy it speak them. */
export const openAiChat: Dialect = {
  name: 'openai-chat',
  owns: (path) => path.endsWith('/chat/completions'),
  merge: createMerge,
  grows,
  whole,
  readRequest,
  readAnswer,
  refuse,
  refuseEvent,
  beginMarks: ['"choices"'],
  endMarks: ['data: [DONE]', 'data:[DONE]'],
  // Not every provider sends [DONE]; the reason for which the model stopped is there all the same.
  mayEndAfter: ['[DONE]', '"finish_reason":"', '"finish_reason": "', '"error":'],
  bearsComments: true,
}
