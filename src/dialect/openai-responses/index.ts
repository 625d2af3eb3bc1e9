import type { Dialect } from '../dialect.ts'
import { grows } from './grows.ts'
import { createMerge, whole } from './merge.ts'
import { readRequest } from './read.ts'
import { refuse, refuseEvent } from './refuse.ts'
import { readAnswer } from './reply.ts'

/** OpenAI's Responses. */
export const openAiResponses: Dialect = {
  name: 'openai-responses',
  owns: (path) => path.endsWith('/responses'),
  merge: createMerge,
  grows,
  whole,
  readRequest,
  readAnswer,
  goesOnById: true,
  refuse,
  refuseEvent,
  beginMarks: ['response.'],
  endMarks: ['completed', 'failed', 'incomplete'].flatMap((end) => [
    `event: response.${end}`,
    `event:response.${end}`,
    `"type":"response.${end}"`,
    `"type": "response.${end}"`,
  ]),
  mayEndAfter: ['response.completed', 'response.failed', 'response.incomplete', '"error"'],
  bearsComments: true,
}
