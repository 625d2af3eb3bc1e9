import type { PushState } from '../../merge/push.ts'

/** A trace on its way to another store, as it is written down. */

/** What a trace says of it. */
export type PushTold = {
  readonly state: PushState
  readonly attempts: number
  /** Why it has not been sent, or not yet; null if there is nothing to say. */
  readonly detail: string | null
  /** By which the remote knows it. */
  readonly remoteId: string | null
}

/** What the sender reads of one that waits. */
export type PushEntry = {
  readonly id: string
  readonly state: 'waiting' | 'sending'
  readonly attempts: number
}

export type PushSums = {
  readonly project: string
  readonly entries: number
  readonly bytes: number
  readonly sent: number
  readonly refused: number
  readonly dropped: number
  /** When the oldest that waits was put there; null if none does. */
  readonly oldestAt: number | null
}

export type When = 'like-invariant' | 'always'

/** What the thread that keeps has to know of a project that pushes. */
export type PushRule = { readonly when: When; readonly mostEntries: number; readonly mostBytes: number }
export type PushRules = Readonly<Record<string, PushRule>>
