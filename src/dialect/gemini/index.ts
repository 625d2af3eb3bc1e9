import type { Dialect } from '../dialect.ts'
import { grows } from './grows.ts'
import { createMerge, whole } from './merge.ts'
import { readRequest } from './read.ts'
import { refuse, refuseEvent } from './refuse.ts'
import { readAnswer } from './reply.ts'

/** Google's generateContent, of the Gemini API and of Vertex. */
export const gemini: Dialect = {
  name: 'gemini',
  owns: (path) => path.endsWith(':generateContent') || path.endsWith(':streamGenerateContent'),
  merge: createMerge,
  grows,
  whole,
  readRequest,
  readAnswer,
  refuse,
  refuseEvent,
  beginMarks: ['"candidates"'],
  endMarks: ['"finishReason"'],
  // A prompt that is refused gets its feedback and no candidate.
  mayEndAfter: ['"finishReason"', '"promptFeedback"', '"error"'],
  // Google's SDKs lose the event a comment stands in, and the older ones the whole stream.
  bearsComments: false,
}
