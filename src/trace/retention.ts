import { statSync } from 'node:fs'
import { idAt } from '../core/id.ts'
import type { PieceStore } from './piece-store.ts'
import { type Filter, createLists } from './query.ts'
import { createRemove, type Removable } from './remove.ts'
import type { Traces } from './schema.ts'
import { type Store, busyMs, numberOf, usedBytes } from './store.ts'
import { type Trouble, troubleOf } from './trouble.ts'

/**
 * What goes, and giving its space back. In slices of a few milliseconds that the thread takes between batches:
 * a store far over its bounds comes down over many of them, and keeping never waits for more than one.
 */
export type Retention = {
  /** One slice. `more`: there is work left, call again soon; otherwise some seconds later is enough. */
  readonly step: (pace?: Pace, budgetMs?: number) => Step
  /** One slice of removing all that a filter names; go on with `before: next` until that is null. */
  readonly removeWhere: (filter: Filter, budgetMs?: number) => { removed: number; next: string | null }
}

/** quiet: nothing is being kept, so the log file can be given back whole. */
export type Pace = 'busy' | 'quiet'

export type Step =
  | { readonly kind: 'more' | 'done'; readonly removed: number; readonly walBytes: number }
  | { readonly kind: 'failed'; readonly trouble: Trouble }

export type RetentionOptions = {
  readonly store: Store
  readonly pieces: PieceStore
  readonly settings: Pick<Traces, 'keepDays' | 'keepBytes' | 'keepCount'>
  readonly now: () => number
}

const usualBudgetMs = 5
const dayMs = 24 * 60 * 60 * 1000
/** How often age and number are looked at: counting a million traces takes 10 ms. */
const roundMs = 10_000
/** Free pages that stay for what comes next, and how many are given back at once (2 ms). */
const sparePages = 256
const pagesAtOnce = 128
/** SQLite works its log in at 8 MB by itself at the latest, unless a reader holds on to it; past this we see to it. */
const mostWalBytes: Readonly<Record<Pace, number>> = { busy: 16 * 1024 * 1024, quiet: 256 * 1024 }
const checkpointEveryMs = 1000
const tracesAtOnce = 16
const nothing = { removed: 0, more: false }

const fields = 'SELECT seq, id, request FROM traces LEFT JOIN payload USING (seq)'

export function createRetention({ store, pieces, settings, now }: RetentionOptions): Retention {
  const { database } = store
  const lists = createLists(store, { now })
  const oldest = database.prepare<Removable, []>(`${fields} ORDER BY id LIMIT 1`)
  const find = database.prepare<Removable, [string]>(`${fields} WHERE id = ?`)
  const removeRow = createRemove(database, pieces)
  const boundNow = createBound({ store, settings, now })
  const giveBack = createGiveBack({ store, now })

  const next = (): Removable | null => {
    const row = oldest.get()
    if (row === null) return null
    if (row.id < boundNow()) return row
    return settings.keepBytes > 0 && usedBytes(database) > settings.keepBytes ? row : null
  }

  const removeDue = (deadline: number): { removed: number; more: boolean } => {
    let removed = 0
    for (let row = next(); row !== null; row = next()) {
      if (removed > 0 && now() >= deadline) return { removed, more: true }
      removeRow(row)
      removed++
    }
    return { removed, more: false }
  }

  const removeNamed = (filter: Filter, deadline: number): { removed: number; next: string | null } => {
    let before = filter.before
    let removed = 0
    for (;;) {
      const page = lists.list({ ...filter, before, limit: tracesAtOnce })
      const rows = page.traces.map(({ id }) => find.get(id)).filter((row) => row !== null)
      rows.forEach(removeRow)
      removed += rows.length
      if (page.next === null || now() >= deadline) return { removed, next: page.next }
      before = page.next
    }
  }

  const undoing = <T>(act: () => T): T => inTransaction(store, pieces, act)
  return {
    step: (pace = 'busy', budgetMs = usualBudgetMs) => {
      try {
        // Without a due trace no write lock is taken.
        const { removed, more } = next() === null ? nothing : undoing(() => removeDue(now() + budgetMs))
        const isLeft = more || giveBack(mostWalBytes[pace])
        return { kind: isLeft ? 'more' : 'done', removed, walBytes: walBytesOf(store) }
      } catch (error) {
        return { kind: 'failed', trouble: troubleOf(error) }
      }
    },
    removeWhere: (filter, budgetMs = usualBudgetMs) => undoing(() => removeNamed(filter, now() + budgetMs)),
  }
}

function inTransaction<T>({ database }: Store, pieces: PieceStore, act: () => T): T {
  try {
    return database.transaction(act).immediate()
  } catch (error) {
    pieces.forget()
    throw error
  }
}

type BoundOptions = Pick<RetentionOptions, 'store' | 'settings' | 'now'>

/** Ids below it have lived long enough, or are too many: by age and by number. */
function createBound({ store, settings, now }: BoundOptions): () => string {
  const nth = store.database.prepare<{ id: string }, [number]>(
    'SELECT id FROM traces ORDER BY id DESC LIMIT 1 OFFSET ?',
  )
  let bound = ''
  let nextMs = -Infinity
  return () => {
    if (now() < nextMs) return bound
    nextMs = now() + roundMs
    const byAge = settings.keepDays > 0 ? idAt(Math.max(0, now() - settings.keepDays * dayMs)) : ''
    const byCount = settings.keepCount > 0 ? (nth.get(settings.keepCount - 1)?.id ?? '') : ''
    bound = byAge > byCount ? byAge : byCount
    return bound
  }
}

/** Free pages back to the file system, and the log back to its size. Says whether pages are left to give. */
function createGiveBack({ store, now }: { store: Store; now: () => number }) {
  const { database } = store
  const truncate = (): void => {
    // Not a moment's wait for a reader: there will be another time.
    database.run('PRAGMA busy_timeout = 0')
    try {
      database.query('PRAGMA wal_checkpoint(TRUNCATE)').all()
    } finally {
      database.run(`PRAGMA busy_timeout = ${busyMs}`)
    }
  }
  let nextMs = -Infinity
  return (mostBytes: number): boolean => {
    const free = numberOf(database, 'freelist_count') - sparePages
    if (free > 0) database.run(`PRAGMA incremental_vacuum(${Math.min(free, pagesAtOnce)})`)
    if (walBytesOf(store) > mostBytes && now() >= nextMs) {
      nextMs = now() + checkpointEveryMs
      truncate()
    }
    return free > pagesAtOnce
  }
}

/** Zero without a file: in memory there is none. */
function walBytesOf({ path }: Store): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
}
