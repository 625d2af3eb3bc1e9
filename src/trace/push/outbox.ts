import type { Database } from 'bun:sqlite'
import type { PushChange, PushState } from '../../merge/push.ts'
import type { PushRule } from './entry.ts'

/** The queue as the one writer has it. All that it does is to be called within a transaction of the caller. */
export type Outbox = {
  /** With the trace of this number, in its transaction. How many older ones had to be dropped for it. */
  readonly add: (entry: NewEntry, rule: PushRule) => number
  readonly change: (change: PushChange) => void
  /** Its trace is removed: what still waited is lost with it. */
  readonly remove: (seq: number) => void
  /** All that were refused are to be tried again. How many these were. */
  readonly retry: (project: string | null, now: number) => number
}

export type NewEntry = {
  readonly seq: number
  readonly id: string
  readonly project: string
  readonly at: number
  readonly bytes: number
  /** Null to wait for its turn; else it is skipped, and this is why. */
  readonly skipped: string | null
}

/**
 * Not sent at once: what rules say of an exchange that is over comes a moment later, and goes with it. Short, because
 * nobody sees a trace before it is sent.
 */
export const settleMs = 1000

type Row = { seq: number; project: string; state: PushState; bytes: number }

export function createOutbox(database: Database): Outbox {
  const insert = database.prepare(
    `INSERT INTO push (seq, id, project, state, bytes, queued_at, due_at, attempts, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
  )
  const find = database.prepare<Row, [string]>('SELECT seq, project, state, bytes FROM push WHERE id = ?')
  const findSeq = database.prepare<Row, [number]>('SELECT seq, project, state, bytes FROM push WHERE seq = ?')
  const update = database.prepare(
    'UPDATE push SET state = ?, attempts = ?, due_at = ?, detail = ?, remote_id = coalesce(?, remote_id) WHERE seq = ?',
  )
  const remove = database.prepare('DELETE FROM push WHERE seq = ?')
  const oldest = database.prepare<Row, [string]>(
    `SELECT seq, project, state, bytes FROM push
     WHERE project = ? AND state IN ('waiting', 'sending') ORDER BY seq LIMIT 1`,
  )
  const drop = database.prepare("UPDATE push SET state = 'dropped', detail = ? WHERE seq = ?")
  const refused = database.prepare<Row, [string | null, string | null]>(
    "SELECT seq, project, state, bytes FROM push WHERE state = 'refused' AND (? IS NULL OR project = ?)",
  )
  const again = database.prepare("UPDATE push SET state = 'waiting', due_at = ?, detail = NULL WHERE seq = ?")
  const sums = createSums(database)

  const bound = (project: string, { mostEntries, mostBytes }: PushRule): number => {
    let dropped = 0
    for (;;) {
      const { entries, bytes } = sums.of(project)
      const isOverEntries = entries > mostEntries
      if (!isOverEntries && bytes <= mostBytes) return dropped
      const row = oldest.get(project)
      if (row === null) return dropped
      drop.run(
        isOverEntries ? `More than ${mostEntries} waited` : `More than ${mostBytes} bytes waited`,
        row.seq,
      )
      sums.move(row, 'dropped')
      dropped++
    }
  }

  return {
    add: ({ seq, id, project, at, bytes, skipped }, rule) => {
      const state = skipped === null ? 'waiting' : 'skipped'
      insert.run(seq, id, project, state, bytes, at, at + settleMs, skipped)
      if (state === 'skipped') return 0
      sums.enter(project, bytes)
      return bound(project, rule)
    },
    change: ({ id, state, attempts, dueAt, detail, remoteId }) => {
      const row = find.get(id)
      // What the remote has, it has: also if it was dropped here while it was on its way.
      if (row === null || row.state === 'sent' || (row.state === 'dropped' && state !== 'sent')) return
      update.run(state, attempts, dueAt, detail, remoteId, row.seq)
      sums.move(row, state)
    },
    remove: (seq) => {
      const row = findSeq.get(seq)
      if (row === null) return
      remove.run(seq)
      if (isQueued(row.state)) sums.move(row, 'dropped')
    },
    retry: (project, now) => {
      const rows = refused.all(project, project)
      for (const row of rows) {
        again.run(now, row.seq)
        sums.move(row, 'waiting')
      }
      return rows.length
    },
  }
}

type Sums = { entries: number; bytes: number }

function createSums(database: Database) {
  const find = database.prepare<Sums, [string]>('SELECT entries, bytes FROM push_sum WHERE project = ?')
  const add = database.prepare(
    `INSERT INTO push_sum (project, entries, bytes, sent, refused, dropped) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (project) DO UPDATE SET entries = entries + excluded.entries, bytes = bytes + excluded.bytes,
       sent = sent + excluded.sent, refused = refused + excluded.refused, dropped = dropped + excluded.dropped`,
  )
  const one = (is: boolean, was: boolean): number => Number(is) - Number(was)
  return {
    of: (project: string): Sums => find.get(project) ?? { entries: 0, bytes: 0 },
    enter: (project: string, bytes: number) => void add.run(project, 1, bytes, 0, 0, 0),
    /** Of one that was in a state and now is in another. */
    move: ({ project, state: was, bytes }: Row, is: PushState) => {
      const entries = one(isQueued(is), isQueued(was))
      const of = (state: PushState): number => one(is === state, was === state)
      add.run(project, entries, entries * bytes, of('sent'), of('refused'), of('dropped'))
    },
  }
}

function isQueued(state: PushState): boolean {
  return state === 'waiting' || state === 'sending'
}
