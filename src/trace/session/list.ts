import type { Database } from 'bun:sqlite'
import type { Usage } from '../../conversation/usage.ts'

/** Lists of sessions, on a connection that cannot write. */
export type SessionHead = {
  /** The id of its first trace. */
  readonly id: string
  readonly project: string
  /** What the client calls it. */
  readonly key: string | null
  readonly title: string | null
  /** Milliseconds since 1970: when its first exchange began, and when its last one ended. */
  readonly startedAt: number
  readonly endedAt: number
  readonly traces: number
  /** Each counted once, with the answers. */
  readonly messages: number
  /** As they were asked for. */
  readonly models: readonly string[]
  /** Of all its exchanges together, as far as they are known. */
  readonly usage: Usage | null
}

export type SessionFilter = {
  readonly project?: string | undefined
  /** In its title, or in what the client calls it; whatever the case. */
  readonly text?: string | undefined
  /** Milliseconds since 1970: still going on then, and begun before. */
  readonly since?: number | undefined
  readonly until?: number | undefined
  readonly limit?: number | undefined
  /** The `next` of the page before. */
  readonly before?: string | undefined
}

/** The one with the newest exchange first. */
export type SessionPage = { readonly sessions: readonly SessionHead[]; readonly next: string | null }

export type SessionRow = {
  id: string
  project: string
  key: string | null
  title: string | null
  started_at: number
  ended_at: number
  last: number
  traces: number
  messages: number
  usage_input: number | null
  usage_cached_input: number | null
  usage_cache_write: number | null
  usage_output: number | null
  usage_reasoning: number | null
}

const usualLimit = 50
const mostLimit = 1000
const mostModels = 20

export function createSessionList(database: Database) {
  const find = database.prepare<SessionRow, [string]>('SELECT * FROM session WHERE id = ?')
  const models = database.prepare<{ model: string }, [string, number]>(
    'SELECT DISTINCT model FROM traces WHERE session = ? AND model IS NOT NULL LIMIT ?',
  )
  const headOf = (row: SessionRow): SessionHead => ({
    id: row.id,
    project: row.project,
    key: row.key,
    title: row.title,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    traces: row.traces,
    messages: row.messages,
    models: models.all(row.id, mostModels).map(({ model }) => model),
    usage: usageOf(row),
  })

  return {
    head: (id: string): SessionHead | null => {
      const row = find.get(id)
      return row === null ? null : headOf(row)
    },
    sessions: (filter: SessionFilter): SessionPage => {
      const { where, values } = conditionsOf(filter)
      const limit = Math.min(mostLimit, Math.max(1, Math.floor(filter.limit ?? usualLimit)))
      const select = database.query<SessionRow, (string | number)[]>(
        `SELECT * FROM session WHERE ${where.join(' AND ')} ORDER BY last DESC`,
      )
      const rows = firstOf(select.iterate(...values), limit + 1, matcherOf(filter.text))
      const shown = rows.slice(0, limit)
      const last = rows.length > limit ? shown.at(-1)?.last : undefined
      return { sessions: shown.map(headOf), next: last === undefined ? null : String(last) }
    },
  }
}

function conditionsOf({ project, since, until, before }: SessionFilter) {
  const all: readonly (readonly [string, string | number | undefined])[] = [
    ['last < ?', before === undefined ? undefined : Number(before)],
    ['project = ?', project],
    ['ended_at >= ?', since],
    ['started_at < ?', until],
  ]
  const where = ['last >= 0']
  const values: (string | number)[] = []
  for (const [condition, value] of all) {
    if (value === undefined) continue
    where.push(condition)
    values.push(value)
  }
  return { where, values }
}

/** Not by SQLite, to which only the letters of ASCII have a case. It takes no longer: 1 µs a session. */
function matcherOf(text: string | undefined): (row: SessionRow) => boolean {
  if (text === undefined) return () => true
  const lower = text.toLowerCase()
  return ({ title, key }) => `${title ?? ''}\n${key ?? ''}`.toLowerCase().includes(lower)
}

function firstOf<Row>(rows: Iterable<Row>, most: number, matches: (row: Row) => boolean): Row[] {
  const found: Row[] = []
  for (const row of rows) {
    if (!matches(row)) continue
    found.push(row)
    if (found.length === most) break
  }
  return found
}

function usageOf(row: SessionRow): Usage | null {
  const usage = {
    input: row.usage_input,
    cachedInput: row.usage_cached_input,
    cacheWrite: row.usage_cache_write,
    output: row.usage_output,
    reasoning: row.usage_reasoning,
  }
  return Object.values(usage).every((tokens) => tokens === null) ? null : usage
}
