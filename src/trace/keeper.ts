import type { Batch } from '../merge/report.ts'
import { type Exchange, type Means, lose, loseUnseen, release } from './exchange.ts'
import type { PieceStore } from './piece-store.ts'
import { type Recovered, createRecover } from './recovery.ts'
import { createRestore } from './restore.ts'
import type { Store } from './store.ts'
import { createPrepare } from './prepare.ts'
import { type Trouble, troubleOf } from './trouble.ts'
import { type Work, exchangesOf } from './works.ts'
import { createWriter } from './writer.ts'

/**
 * Reports in, traces on the disk: all reports of a batch in one transaction, then the caller acknowledges it.
 *
 * Nothing is stored twice, because the number of a sender's last batch is written in the batch's own
 * transaction: a batch that comes again (its answer was lost with the thread that had kept it) is known by its
 * number, whatever it holds. Batches of one sender must come, and come again, in the order of their numbers.
 * First everything is thought out in memory, then written: what was rolled back can be written again as it is.
 */
export type Keeper = {
  readonly keep: (batch: Batch) => Kept
  /** Ends what nobody will: all exchanges that are stored as running, but those. How many there were. */
  readonly recover: (stillOpen?: ReadonlySet<string>) => Recovered
  /** Writes what waits for more of its kind, while nothing else is to be done. What went wrong, if anything. */
  readonly rest: () => Trouble | null
}

export type Kept =
  | {
      readonly kind: 'kept'
      readonly finished: number
      readonly saved: number
      /** Reports that made no sense or could not be written; the others of their batch were kept. */
      readonly bad: number
      /** Reports, or whole batches of them, that had been kept before. */
      readonly repeated: number
    }
  /** Nothing was written: call `keep` with the same batch after this time. */
  | { readonly kind: 'again'; readonly trouble: Trouble; readonly afterMs: number }
  /** Given up: these reports are not stored, and so many of them were ends of traces. */
  | { readonly kind: 'lost'; readonly trouble: Trouble; readonly reports: number; readonly traces: number }

export type KeeperOptions = {
  readonly store: Store
  readonly pieces: PieceStore
  /** The life of the process that sends: the same after the thread was restarted, another after the process. */
  readonly sender: string
  readonly means: Means
}

/** A batch is tried once more after each of these; while nothing can be written, the next ones only once. */
const waitsMs = [20, 100, 500]

const nothingNew = { kind: 'kept', finished: 0, saved: 0, bad: 0 } as const

type Pending = { readonly works: readonly Work[]; readonly bad: number }

export function createKeeper({ store, pieces, sender, means }: KeeperOptions): Keeper {
  const { database } = store
  const open = new Map<string, Exchange>()
  const restore = createRestore(database, means)
  const write = createWriter({ store, pieces, sender, means })
  const prepare = createPrepare({ open, restore, means })
  let last: number | null = null
  let pending: (Pending & { readonly number: number }) | null = null
  let tries = 0
  let isWell = true

  const keep = (batch: Batch): Kept => {
    try {
      last ??= write.lastBatch()
      if (batch.number <= last) return { ...nothingNew, repeated: batch.reports.length }
      if (pending?.number !== batch.number) {
        prepare.restoreMissing(batch)
        pending = { number: batch.number, ...prepare.take(batch) }
      }
      const counts = write.batch(batch.number, pending.works)
      const kept: Kept = { kind: 'kept', ...counts, bad: counts.bad + pending.bad }
      last = batch.number
      settle(pending.works)
      isWell = true
      return kept
    } catch (error) {
      return retry(batch, troubleOf(error))
    }
  }

  const settle = (works: readonly Work[]) => {
    for (const exchange of exchangesOf(works)) release(exchange)
    pending = null
    tries = 0
  }

  const retry = (batch: Batch, trouble: Trouble): Kept => {
    const afterMs = isWell ? waitsMs[tries++] : undefined
    if (afterMs !== undefined) return { kind: 'again', trouble, afterMs }
    for (const exchange of exchangesOf(pending?.works ?? [])) lose(exchange)
    for (const { id } of pending === null ? batch.reports : []) loseUnseen(open.get(id))
    settle([])
    isWell = false
    const traces = batch.reports.filter((report) => report.end !== null).length
    return { kind: 'lost', trouble, reports: batch.reports.length, traces }
  }

  const rest = (): Trouble | null => {
    try {
      write.rest()
      return null
    } catch (error) {
      return troubleOf(error)
    }
  }

  return {
    keep,
    rest,
    recover: createRecover({ open, restore, write, means }),
  }
}
