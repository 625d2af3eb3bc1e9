import { createReader, type Trace } from '../read.ts'
import type { TraceRow } from '../row.ts'
import type { Store } from '../store.ts'
import { createStitch, type Told } from './stitch.ts'
import { readStored, type Reading } from './told.ts'

/** Sessions of traces that were stored before there were any. In slices, so that a Weir beside it can write too. */
export type Rebuild = {
  /** One slice, of the traces behind this number; go on with `next` until that is null. */
  readonly step: (after: number) => Rebuilt
}

/** How many traces were looked at, and how many of them are in a session now. */
export type Rebuilt = { readonly seen: number; readonly joined: number; readonly next: number | null }

export type RebuildOptions = {
  readonly store: Store
  readonly reading: Reading
  readonly now: () => number
  readonly budgetMs: number
}

type Row = TraceRow & { readonly seq: number }

const unplaced = `SELECT * FROM traces WHERE seq > ? AND session IS NULL AND messages = 0 ORDER BY seq LIMIT 1`

export function createRebuild({ store, reading, now, budgetMs }: RebuildOptions): Rebuild {
  const { database } = store
  const next = database.prepare<Row, [number]>(unplaced)
  const update = database.prepare(
    `UPDATE traces SET session = ?, parent = ?, messages = ?, shared = ?, carried = ?, answers = ?, links = ?
     WHERE seq = ?`,
  )
  const joined = database.prepare<{ count: number }, []>(
    'SELECT count(*) AS count FROM traces WHERE session IS NOT NULL',
  )
  const reader = createReader(store)
  const stitch = createStitch(database)

  const place = (row: Row, trace: Trace): void => {
    const told: Told = readStored(trace, reading)
    const found = stitch.find(told, row)
    const { session, parent, messages, shared, carried, answers, links } = found.row
    update.run(session, parent, messages, shared, carried, answers, links, row.seq)
    stitch.join(found, told, { ...row, ...found.row }, row.seq)
  }

  const slice = (after: number): Omit<Rebuilt, 'joined'> => {
    const deadline = now() + budgetMs
    let seen = 0
    let last = after
    for (let row = next.get(last); row !== null; row = next.get(last)) {
      const trace = reader.get(row.id)
      if (trace !== null) place(row, trace)
      last = row.seq
      seen++
      if (now() >= deadline) return { seen, next: last }
    }
    return { seen, next: null }
  }

  const countJoined = (): number => joined.get()?.count ?? 0
  return {
    step: (after) =>
      database
        .transaction(() => {
          const before = countJoined()
          stitch.links.recover()
          const done = slice(after)
          stitch.links.write()
          return { ...done, joined: countJoined() - before }
        })
        .immediate(),
  }
}
