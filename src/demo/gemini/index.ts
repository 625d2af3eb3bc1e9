import { read } from './read.ts'
import { refuse } from './refuse.ts'
import { frames, whole } from './write.ts'
import type { Voice } from '../turn.ts'

export const gemini: Voice = { read, whole, frames, refuse, framing: 'sse-crlf', idHeader: null }
