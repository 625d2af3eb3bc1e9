import type { DetectorName, LocalDetector, RemoteDetector } from '../../detector.ts'
import type { Around, Ending, Timer } from './caller.ts'
import type { Fetch } from './post.ts'

/** What detectors are made with. */
export type AllMeans = {
  /** Those that answer by code alone; a setting of `builtin` takes them from here. */
  readonly builtin: readonly LocalDetector[]
  /** Calls Weir itself, for embeddings and models. */
  readonly ask: Ask
  readonly fetch: Fetch
  readonly timer?: Timer
  /** Told of each call that was made, and of those that could not be. */
  readonly told?: (name: DetectorName, ending: Ending, milliseconds: number) => void
}

/** The same for one of them. */
export type Means = Omit<AllMeans, 'builtin' | 'told'> & Around

/** One POST to a by-model route of the gateway; what it answers, read as JSON. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<unknown>

export type Question = {
  readonly path: '/v1/embeddings' | '/v1/chat/completions'
  readonly body: unknown
  readonly maxResponseBytes: number
}

/** A detector as it is made here; whose it is and which one is added to it. */
export type Made = Omit<RemoteDetector, 'name' | 'identity'>
