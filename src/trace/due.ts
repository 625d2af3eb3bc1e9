import { idAt } from '../core/id.ts'
import { type Store, usedBytes } from './store.ts'

/**
 * What bounds would remove, without removing it. Age and number are exact. Nobody knows what a trace frees before
 * it is gone, since traces share pieces: for bytes it is as many traces of the mean size as the store is too large.
 */
export type Bounds = {
  /** Milliseconds since 1970: what began before goes. */
  readonly before?: number | undefined
  readonly keepCount?: number | undefined
  readonly keepBytes?: number | undefined
}

/** `bytes` by the mean size, always. */
export type Due = { readonly traces: number; readonly bytes: number }

type Database = Store['database']

export function countDue({ database }: Store, { before, keepCount, keepBytes }: Bounds): Due {
  return database.transaction(() => {
    const total = countOf(database, '~')
    if (total === 0) return { traces: 0, bytes: 0 }
    const used = usedBytes(database)
    const mean = used / total
    const traces = Math.max(
      before === undefined ? 0 : countOf(database, idAt(before)),
      keepCount === undefined ? 0 : total - keepCount,
      keepBytes === undefined ? 0 : Math.ceil((used - keepBytes) / mean),
    )
    return { traces, bytes: Math.round(traces * mean) }
  })()
}

/** `~` is greater than every id. */
function countOf(database: Database, end: string): number {
  const count = database.query<{ count: number }, [string]>(
    'SELECT count(*) AS count FROM traces WHERE id < ?',
  )
  return count.get(end)?.count ?? 0
}
