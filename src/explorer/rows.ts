import type { Head, OpenHead } from './client.ts'
import type { Filter } from './place.ts'

/** The list as data: newest first by id, each id once. */
export type Rows = {
  readonly heads: readonly Head[]
  /** Where the next page begins; null when all that is older is here. */
  readonly next: string | null
}

/** How many are kept while new ones keep coming; older ones can be loaded again. */
export const mostRows = 400

/** New ones in their places. What belongs below the loaded part waits for its page. */
export function withNew(rows: Rows, arrived: readonly Head[]): Rows {
  const known = new Set(rows.heads.map(({ id }) => id))
  const oldest = rows.heads.at(-1)?.id
  const fresh = arrived.filter(({ id }) => {
    if (known.has(id) || (rows.next !== null && oldest !== undefined && id < oldest)) return false
    known.add(id)
    return true
  })
  return trimmed({ heads: [...fresh, ...rows.heads].sort(newestFirst), next: rows.next }, rows.heads.length)
}

/** Those that wait, each once: the feed may tell again what it has told before. */
export function withHeld(held: readonly Head[], arrived: readonly Head[], { heads }: Rows): readonly Head[] {
  const known = new Set([...held, ...heads].map(({ id }) => id))
  return [...held, ...arrived.filter(({ id }) => !known.has(id))]
}

export function withOlder(rows: Rows, page: Rows): Rows {
  const known = new Set(rows.heads.map(({ id }) => id))
  return { heads: [...rows.heads, ...page.heads.filter(({ id }) => !known.has(id))], next: page.next }
}

export function without(rows: Rows, id: string): Rows {
  return { ...rows, heads: rows.heads.filter((head) => head.id !== id) }
}

/** Whether a new trace belongs in the filtered list. Texts are for the server to search. */
export function matches({ outcome, provider }: Filter, head: Head): boolean {
  return (outcome === '' || head.outcome === outcome) && (provider === '' || head.provider === provider)
}

/** Those that still run: of the filter's provider, and not known to have ended. What they will say nobody can search. */
export function running(
  open: readonly OpenHead[],
  heads: readonly Head[],
  filter: Filter,
): readonly OpenHead[] {
  if (filter.text !== '' || filter.outcome !== '') return []
  const ended = new Set(heads.map(({ id }) => id))
  return open.filter(
    ({ id, provider }) => !ended.has(id) && (filter.provider === '' || filter.provider === provider),
  )
}

/** The one after (or before) the given one, for the keyboard; from nowhere, the first. */
export function neighbour(heads: readonly Head[], id: string | null, step: 1 | -1): Head | undefined {
  const at = heads.findIndex((head) => head.id === id)
  return at < 0 ? heads[0] : heads[at + step]
}

/** What the user has loaded by hand is never taken away. */
function trimmed({ heads, next }: Rows, loaded: number): Rows {
  const most = Math.max(mostRows, loaded)
  if (heads.length <= most) return { heads, next }
  const kept = heads.slice(0, most)
  return { heads: kept, next: kept.at(-1)?.id ?? next }
}

function newestFirst(left: Head, right: Head): number {
  return left.id < right.id ? 1 : -1
}
