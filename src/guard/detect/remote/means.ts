import type { Detectors } from '../../detector.ts'
import type { Timer } from './caller.ts'
import type { Fetch } from './post.ts'

/** What detectors are made with. */
export type Means = {
  /** Those that answer by code alone; a setting of `builtin` takes them from here. */
  readonly builtin: Detectors
  /** Calls Weir itself, for embeddings and models. */
  readonly ask: Ask
  readonly fetch: Fetch
  readonly timer?: Timer
}

/** One POST to a by-model route of the gateway; what it answers, read as JSON. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<unknown>

export type Question = {
  readonly path: '/v1/embeddings' | '/v1/chat/completions'
  readonly body: unknown
  readonly maxResponseBytes: number
}
