import type { Database } from 'bun:sqlite'
import { idAt } from '../core/id.ts'
import type { Verdict } from '../merge/judged.ts'
import type { Outcome } from '../merge/report.ts'
import { type PushedRow, headOf, withPush } from './head.ts'
import { type Matches, type Search, createSearch } from './search.ts'
import { type Store, usedBytes } from './store.ts'
import type { TraceHead } from './trace.ts'

/**
 * Lists of traces, on a connection that cannot write. No call holds a snapshot past its return, and none runs
 * long: a page that has looked through enough says where to go on, whether or not it is full.
 */
export type Filter = {
  readonly project?: string | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly outcome?: Outcome | undefined
  readonly status?: number | undefined
  readonly session?: string | undefined
  readonly verdict?: Verdict | undefined
  /** Milliseconds since 1970 of the beginning: from this one on, and before that one. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** In the request, the answer, the model or the path; whatever the case. */
  readonly text?: string | undefined
  readonly limit?: number | undefined
  /** The `next` of the page before. */
  readonly before?: string | undefined
}

/** Newest first. `next` is where the next page begins, null when there is none. */
export type Page = { readonly traces: readonly TraceHead[]; readonly next: string | null }

/** In the order they were stored, which is the order they ended in. */
export type Followed = { readonly traces: readonly TraceHead[]; readonly cursor: string }

/** `bytes` of the file, without its free pages. */
export type Totals = { readonly count: number; readonly bytes: number; readonly oldest: number | null }

export type Lists = {
  readonly list: (filter: Filter) => Page
  /**
   * What was stored since and fits; with null nothing, but the cursor of now. A cursor that has moved says that there
   * may be more at once, even without traces: what does not fit is passed over so far.
   */
  readonly after: (cursor: string | null, filter?: Omit<Filter, 'before'>) => Followed
  readonly totals: () => Totals
}

const usualLimit = 50
const mostLimit = 1000
/** Of one page. A reader that takes longer keeps the log file from being emptied. */
const usualBudgetMs = 50
/** Rows one statement passes over, 2 ms at most; the clock is read in between. */
const window = 1024
/** Greater than every id: ids are digits and lower-case letters. */
const afterAll = '~'

const compared = ['project', 'provider', 'model', 'outcome', 'status', 'session', 'verdict'] as const

type SeqRow = PushedRow & { readonly seq: number }

export function createLists({ database }: Store, of: { now: () => number; budgetMs?: number }): Lists {
  const search = createSearch(database)
  const newest = database.prepare<{ seq: number | null }, []>('SELECT max(seq) AS seq FROM traces')
  const later = database.prepare<SeqRow, [number, number]>(
    `SELECT *, ${withPush} FROM traces WHERE seq > ? ORDER BY seq LIMIT ?`,
  )
  const edge = database.prepare<{ id: string }, [string, string, number]>(
    'SELECT id FROM traces WHERE id < ? AND id >= ? ORDER BY id DESC LIMIT 1 OFFSET ?',
  )

  const list = (filter: Filter): Page => {
    const limit = clamp(filter.limit)
    const deadline = of.now() + (of.budgetMs ?? usualBudgetMs)
    const names = compared.filter((name) => filter[name] !== undefined)
    const values = names.map((name) => filter[name] ?? null)
    const select = database.query<SeqRow, (string | number | null)[]>(selectWindow(names))
    const matches = filter.text === undefined ? () => true : search(filter.text)
    const first = filter.since === undefined ? '' : idAt(filter.since)
    const traces: TraceHead[] = []
    let before = lesser(filter.before ?? afterAll, filter.until === undefined ? afterAll : idAt(filter.until))
    for (;;) {
      // An index leads to those of a session: there is nothing to pass over.
      const to = filter.session === undefined ? (edge.get(before, first, window - 1)?.id ?? null) : null
      const most = limit - traces.length + 1
      const rows = select.all(before, to ?? first, ...values, most)
      for (const row of rows) {
        if (matches(row)) {
          if (traces.length === limit) return { traces, next: before }
          traces.push(headOf(row))
        }
        before = row.id
        if (of.now() >= deadline) return { traces, next: before }
      }
      if (rows.length === most) continue
      if (to === null) return { traces, next: null }
      before = to
      if (of.now() >= deadline) return { traces, next: before }
    }
  }

  return {
    list,
    after: (cursor, filter = {}) => {
      if (cursor === null) return { traces: [], cursor: String(newest.get()?.seq ?? 0) }
      const deadline = of.now() + (of.budgetMs ?? usualBudgetMs)
      const limit = clamp(filter.limit)
      const fits = createFits(filter, search)
      const traces: TraceHead[] = []
      let last = Number(cursor) || 0
      for (const row of later.all(last, window)) {
        last = row.seq
        if (fits(row)) traces.push(headOf(row))
        // Only the search of texts takes time: without it a short answer means that this was all.
        if (traces.length === limit || (filter.text !== undefined && of.now() >= deadline)) break
      }
      return { traces, cursor: String(last) }
    },
    totals: createTotals(database),
  }
}

/**
 * One window of a list, by its ids. The plus keeps SQLite from the index on projects, which has no ids in it: it would look
 * at all of a project for each window and sort them, 47 ms for a page of one with 50,000 traces, where this takes 1.5.
 */
export function selectWindow(names: readonly (typeof compared)[number][]): string {
  const conditions = names.map((name) => `AND ${name === 'session' ? '' : '+'}${name} = ?`)
  return `SELECT *, ${withPush} FROM traces WHERE id < ? AND id >= ? ${conditions.join(' ')} ORDER BY id DESC LIMIT ?`
}

/** The same as the statement of a list: here every row is looked at anyway, once. */
function createFits(filter: Filter, search: Search): Matches {
  const names = compared.filter((name) => filter[name] !== undefined)
  const first = filter.since === undefined ? '' : idAt(filter.since)
  const end = filter.until === undefined ? afterAll : idAt(filter.until)
  const matches = filter.text === undefined ? () => true : search(filter.text)
  return (row) =>
    row.id >= first && row.id < end && names.every((name) => row[name] === filter[name]) && matches(row)
}

function createTotals(database: Database): () => Totals {
  const count = database.prepare<{ count: number; oldest: string | null }, []>(
    'SELECT count(*) AS count, min(id) AS oldest FROM traces',
  )
  const startOf = database.prepare<{ started_at: number }, [string]>(
    'SELECT started_at FROM traces WHERE id = ?',
  )
  return () => {
    const row = count.get()
    const oldest = row?.oldest ? (startOf.get(row.oldest)?.started_at ?? null) : null
    return { count: row?.count ?? 0, bytes: usedBytes(database), oldest }
  }
}

function clamp(limit: number | undefined): number {
  return Math.min(mostLimit, Math.max(1, Math.floor(limit ?? usualLimit)))
}

function lesser(one: string, other: string): string {
  return one < other ? one : other
}
