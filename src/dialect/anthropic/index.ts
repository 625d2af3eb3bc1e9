import type { Dialect } from '../dialect.ts'
import { createMerge, whole } from './merge.ts'
import { refuse, refuseEvent } from './refuse.ts'

/** Anthropic's messages. */
export const anthropic: Dialect = {
  name: 'anthropic',
  owns: (path) => path.endsWith('/messages'),
  merge: createMerge,
  whole,
  refuse,
  refuseEvent,
  beginMarks: ['message_start'],
  endMarks: ['event: message_stop', 'event:message_stop', '"type":"message_stop"', '"type": "message_stop"'],
  mayEndAfter: ['message_stop', '"error"'],
  bearsComments: true,
}
