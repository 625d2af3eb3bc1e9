import type { Store } from '../store.ts'
import type { PushEntry, PushSums } from './entry.ts'

/** The queue as a reader sees it. */
export type Waiting = {
  /** Those whose time has come, the longest due first. */
  readonly due: (project: string, now: number, limit: number) => PushEntry[]
  /** When the next one is due; null if none waits. */
  readonly nextAt: (project: string) => number | null
  readonly sums: () => PushSums[]
}

export function createWaiting({ database }: Store): Waiting {
  const due = database.prepare<PushEntry, [string, number, number]>(
    `SELECT id, state, attempts FROM push
     WHERE project = ? AND state IN ('waiting', 'sending') AND due_at <= ? ORDER BY due_at, seq LIMIT ?`,
  )
  const next = database.prepare<{ at: number | null }, [string]>(
    "SELECT min(due_at) AS at FROM push WHERE project = ? AND state IN ('waiting', 'sending')",
  )
  const sums = database.prepare<PushSums, []>(
    `SELECT project, entries, bytes, sent, refused, dropped,
       (SELECT queued_at FROM push WHERE push.project = push_sum.project AND state IN ('waiting', 'sending')
        ORDER BY seq LIMIT 1) AS oldestAt
     FROM push_sum ORDER BY project`,
  )
  return {
    due: (project, now, limit) => due.all(project, now, limit),
    nextAt: (project) => next.get(project)?.at ?? null,
    sums: () => sums.all(),
  }
}
