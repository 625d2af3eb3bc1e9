import { causeOf } from '../core/log.ts'
import { type Means, lose } from './exchange.ts'
import type { PieceStore } from './piece-store.ts'
import { createLogPace, type Store, numberOf } from './store.ts'
import { isAboutOneReport } from './trouble.ts'
import { type Applied, type Apply, type Work, createApply, createUndo } from './works.ts'

/** Works into the database, many in one transaction; after an error neither disk nor memory knows of them. */
export type Writer = {
  readonly lastBatch: () => number
  readonly batch: (number: number, works: readonly Work[]) => Written
  /** Without a batch of their own: what recovery ends. */
  readonly works: (works: readonly Work[]) => Written
  /** What is written many at a time, however few there are. */
  readonly rest: () => void
}

export type Written = { finished: number; saved: number; repeated: number; bad: number }

/** Senders of earlier lives that are remembered: a few, for two processes that share a store. */
const mostSenders = 16

export type WriterOptions = {
  readonly store: Store
  readonly pieces: PieceStore
  readonly sender: string
  readonly means: Means
}

export function createWriter({ store, pieces, sender, means }: WriterOptions): Writer {
  const { database } = store
  const apply = createApply(database, pieces)
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const rollback = database.prepare('ROLLBACK')
  const find = database.prepare<{ batch: number }, [string]>('SELECT batch FROM sender WHERE name = ?')
  const remember = database.prepare(
    'INSERT INTO sender (name, batch) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET batch = excluded.batch',
  )
  const forgetSenders = database.prepare(
    'DELETE FROM sender WHERE rowid <= (SELECT max(rowid) FROM sender) - ?',
  )
  const setLogPace = createLogPace(database)
  const applyAlone = createAlone({ store, pieces, means }, apply)
  let version = -1

  const transact = <T>(act: () => T): T => {
    begin.run()
    try {
      apply.begin()
      // Another process may have removed pieces that we remember.
      const now = numberOf(database, 'data_version')
      if (now !== version) pieces.forget()
      version = now
      const value = act()
      commit.run()
      return value
    } catch (error) {
      apply.forget()
      pieces.forget()
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (database.inTransaction) rollback.run()
      throw error
    }
  }

  const writeEach = (
    works: readonly Work[],
    number: number | null,
    one: (work: Work) => keyof Written,
  ): Written => {
    const undo = createUndo(works)
    try {
      return transact(() => {
        const written: Written = { finished: 0, saved: 0, repeated: 0, bad: 0 }
        for (const work of works) written[one(work)]++
        apply.settle()
        if (number === null) forgetSenders.run(mostSenders)
        else remember.run(sender, number)
        return written
      })
    } catch (error) {
      undo()
      throw error
    }
  }

  const write = (works: readonly Work[], number: number | null): Written => {
    try {
      return writeEach(works, number, apply.work)
    } catch (error) {
      if (!isAboutOneReport(error)) throw error
      return writeEach(works, number, applyAlone)
    }
  }

  return {
    lastBatch: () => find.get(sender)?.batch ?? 0,
    batch: (number, works) => {
      setLogPace(works.length)
      return write(works, number)
    },
    works: (works) => write(works, null),
    rest: () => {
      if (!apply.isAtRest()) transact(apply.rest)
    },
  }
}

/** Only after an error: a savepoint for each report would cost all of them. */
function createAlone(of: Omit<WriterOptions, 'sender'>, apply: Apply) {
  const { database } = of.store
  return (work: Work): Applied | 'bad' => {
    const undo = createUndo([work])
    database.run('SAVEPOINT report')
    try {
      const applied = apply.work(work)
      apply.settle()
      database.run('RELEASE report')
      return applied
    } catch (error) {
      if (!isAboutOneReport(error)) throw error
      undo()
      apply.forget()
      if (work.exchange !== null) lose(work.exchange)
      of.pieces.forget()
      database.run('ROLLBACK TO report')
      database.run('RELEASE report')
      of.means.log('error', 'report-unkept', { trace: work.exchange?.id, cause: causeOf(error) })
      return 'bad'
    }
  }
}
