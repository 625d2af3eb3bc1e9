import { read } from './read.ts'
import { refuse } from './refuse.ts'
import { frames, whole } from './write.ts'
import type { Voice } from '../turn.ts'

export const openaiResponses: Voice = {
  read,
  whole,
  frames,
  refuse,
  framing: 'sse',
  idHeader: 'x-request-id',
}
