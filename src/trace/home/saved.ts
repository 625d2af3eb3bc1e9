import type { Database } from 'bun:sqlite'
import type { DatasetRow } from './rows.ts'

/** How much is in a project, and the queries about it: three that each has, and what its reader has saved. */
export type SavedOf = (dataset: DatasetRow, user: string) => Saved

export type Saved = { readonly num_traces: number; readonly queries: readonly object[] }

type Counted = { readonly count: number }
type QueryRow = { readonly id: string; readonly name: string; readonly query: string }

export function createSavedOf(database: Database): SavedOf {
  const count = database.prepare<Counted, [string]>('SELECT count(*) AS count FROM traces WHERE project = ?')
  const annotated = database.prepare<Counted, [string]>(
    `SELECT count(*) AS count FROM traces
     WHERE project = ? AND (verdict IN ('flag', 'block') OR seq IN (SELECT trace FROM annotation))`,
  )
  const saved = database.prepare<QueryRow, [string, string]>(
    'SELECT id, name, query FROM saved_query WHERE dataset = ? AND user = ? ORDER BY id',
  )
  return ({ id, name }, user) => {
    const traces = count.get(name)?.count ?? 0
    const withNotes = annotated.get(name)?.count ?? 0
    const counts = { all: traces, annotated: withNotes, unannotated: traces - withNotes }
    const usual = usualQueries.map((query) => ({ ...query, count: counts[query.id], deletable: false }))
    // Counted by who shows them: it takes a search each.
    const own = saved.all(id, user).map((query) => ({ ...query, count: null, deletable: true }))
    return { num_traces: traces, queries: [...usual, ...own] }
  }
}

const usualQueries = [
  { id: 'all', name: 'All', query: null },
  { id: 'annotated', name: 'Annotated', query: 'is:annotated' },
  { id: 'unannotated', name: 'Unannotated', query: 'not:annotated' },
] as const
