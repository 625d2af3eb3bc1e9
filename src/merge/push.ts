/** What becomes of a trace on its way to another store, as it is told to the worker that writes it down. Plain data. */

/**
 * waiting: to be sent. sending: an attempt was begun whose outcome is not known, so the remote is asked first. sent:
 * the remote has it. refused: the remote said that it never will. dropped: too much waited. skipped: not to be sent,
 * for the reason that stands beside it.
 */
export const pushStates = ['waiting', 'sending', 'sent', 'refused', 'dropped', 'skipped'] as const
export type PushState = (typeof pushStates)[number]

/** `dueAt` says when it is looked at again, for those that still wait. */
export type PushChange = {
  readonly id: string
  readonly state: PushState
  readonly attempts: number
  readonly dueAt: number
  readonly detail: string | null
  /** By which the remote knows it; null if that is not told. */
  readonly remoteId: string | null
}
