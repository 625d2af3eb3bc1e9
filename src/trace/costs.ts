import type { Database } from 'bun:sqlite'
import { idAt } from '../core/id.ts'
import { currency, dollars, perMicrodollar, wholeOf } from '../ledger/money.ts'
import { hourMs, sums } from './spend.ts'
import type { Store } from './store.ts'

/**
 * What was spent, by whatever it is asked by: from the sums by hour, which answers at once however many traces there
 * are; only sessions are looked up in the traces themselves, and so are known for as long as these are kept.
 */
export const groupNames = ['project', 'client', 'provider', 'model', 'session', 'day'] as const
export type GroupName = (typeof groupNames)[number]

export type CostQuery = {
  readonly by: readonly GroupName[]
  /** Milliseconds since 1970 of the beginning: whole hours are summed, that of `from` and up to that of `to`. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly project?: string | undefined
  readonly client?: string | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
}

export type CostSum = {
  readonly traces: number
  /** Traces that took tokens of which nobody knows the price. */
  readonly unpriced: number
  /** Traces of which a part could not be priced: what it costs is in no sum. */
  readonly incomplete: number
  readonly estimated: number
  readonly tokens: {
    readonly input: number
    readonly cachedInput: number
    readonly cacheWrite: number
    readonly output: number
    readonly reasoning: number
  }
  /** Dollars, exact. */
  readonly cost: string
}

/** What is not known of a group is null. */
export type CostGroup = CostSum & { readonly group: { readonly [name in GroupName]?: string | null } }

export type CostTotals = {
  readonly currency: typeof currency
  readonly total: CostSum
  /** The dearest first, the newest first where asked by day. */
  readonly groups: readonly CostGroup[]
  /** Whether there are more groups than are told. */
  readonly isCut: boolean
}

const mostGroups = 1000
const filters = ['project', 'client', 'provider', 'model'] as const

type Sums = { [name in (typeof sums)[number]]: number | null }
type Row = Sums & { [name in GroupName]?: string }

export function createCosts({ database }: Store): (query: CostQuery) => CostTotals {
  return (query) => {
    const isSession = query.by.includes('session')
    if (isSession && !hasSessions(database)) return noCosts
    const { where, values } = conditionsOf(query, isSession)
    const from = `FROM ${isSession ? spendOfTraces : 'spend'} WHERE ${where}`
    const total = database.query<Row, (string | number)[]>(`SELECT ${added} ${from}`).get(...values)
    const rows =
      query.by.length === 0
        ? []
        : database.query<Row, (string | number)[]>(groupsOf(query.by, from)).all(...values)
    const groups = rows.slice(0, mostGroups).map((row) => groupOf(row, query.by))
    return { currency, total: sumOf(total), groups, isCut: rows.length > mostGroups }
  }
}

const added = sums.map((sum) => `sum(${sum}) AS ${sum}`).join(', ')

function groupsOf(by: readonly GroupName[], from: string): string {
  const keys = [...new Set(by)]
  const named = keys.map((name) => `${expressions[name] ?? name} AS "${name}"`).join(', ')
  const order = `${keys.includes('day') ? 'max(hour) DESC, ' : ''}sum(micro) DESC, sum(traces) DESC`
  const numbers = keys.map((_, at) => at + 1).join(', ')
  return `SELECT ${named}, ${added} ${from} GROUP BY ${numbers} ORDER BY ${order} LIMIT ${mostGroups + 1}`
}

/** In universal time: one text for one day, whoever asks. */
const expressions: { readonly [name in GroupName]?: string } = { day: "date(hour * 3600, 'unixepoch')" }

/** The traces in the shape of the sums. */
const spendOfTraces = `(
  SELECT id, CAST(started_at / ${hourMs} AS INTEGER) AS hour, project, coalesce(provider, '') AS provider,
    coalesce(model, '') AS model, coalesce(client, '') AS client, coalesce(session, '') AS session, 1 AS traces,
    cost IS NULL AND (coalesce(usage_input, usage_output) IS NOT NULL OR usage_details IS NOT NULL) AS unpriced,
    coalesce(cost_lines ->> '$.c' = 0, 0) AS incomplete,
    coalesce(usage_details ->> '$.estimated' IS NOT NULL AND cost IS NOT NULL, 0) AS estimated,
    coalesce(usage_input, usage_details ->> '$.estimated.input') AS input, usage_cached_input AS cached_input,
    usage_cache_write AS cache_write,
    coalesce(usage_output, usage_details ->> '$.estimated.output') AS output, usage_reasoning AS reasoning,
    cost / ${perMicrodollar} AS micro, cost % ${perMicrodollar} AS rest FROM traces)`

function hasSessions(database: Database): boolean {
  const columns = database.query<{ name: string }, []>("SELECT name FROM pragma_table_info('traces')").all()
  return columns.some(({ name }) => name === 'session')
}

/** Of the traces by their ids, which say when they began and have an index. */
function conditionsOf(query: CostQuery, isSession: boolean): { where: string; values: (string | number)[] } {
  const conditions: string[] = ['true']
  const values: (string | number)[] = []
  if (query.from !== undefined) {
    const hour = Math.max(0, Math.floor(query.from / hourMs))
    conditions.push(isSession ? 'id >= ?' : 'hour >= ?')
    values.push(isSession ? idAt(hour * hourMs) : hour)
  }
  if (query.to !== undefined) {
    const hour = Math.max(0, Math.ceil(query.to / hourMs))
    conditions.push(isSession ? 'id < ?' : 'hour < ?')
    values.push(isSession ? idAt(hour * hourMs) : hour)
  }
  for (const name of filters) {
    const value = query[name]
    if (value === undefined) continue
    conditions.push(`${name} = ?`)
    values.push(value)
  }
  return { where: conditions.join(' AND '), values }
}

function groupOf(row: Row, by: readonly GroupName[]): CostGroup {
  const group = Object.fromEntries(by.map((name) => [name, row[name] === '' ? null : (row[name] ?? null)]))
  return { group, ...sumOf(row) }
}

function sumOf(row: Row | null): CostSum {
  const of = (name: keyof Sums): number => row?.[name] ?? 0
  return {
    traces: of('traces'),
    unpriced: of('unpriced'),
    incomplete: of('incomplete'),
    estimated: of('estimated'),
    tokens: {
      input: of('input'),
      cachedInput: of('cached_input'),
      cacheWrite: of('cache_write'),
      output: of('output'),
      reasoning: of('reasoning'),
    },
    cost: dollars(wholeOf(of('micro'), of('rest'))),
  }
}

export const noCosts: CostTotals = { currency, total: sumOf(null), groups: [], isCut: false }
