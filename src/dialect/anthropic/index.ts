import type { Dialect } from '../dialect.ts'
import { grows } from './grows.ts'
import { createMerge, whole } from './merge.ts'
import { readRequest } from './read.ts'
import { refuse, refuseEvent } from './refuse.ts'
import { readAnswer } from './reply.ts'

/** Anthropic's messages. */
export const anthropic: Dialect = {
  name: 'anthropic',
  owns: (path) => path.endsWith('/messages'),
  merge: createMerge,
  grows,
  whole,
  readRequest,
  readAnswer,
  refuse,
  refuseEvent,
  beginMarks: ['message_start'],
  endMarks: ['event: message_stop', 'event:message_stop', '"type":"message_stop"', '"type": "message_stop"'],
  mayEndAfter: ['message_stop', '"error"'],
  bearsComments: true,
}
