import type { Database } from 'bun:sqlite'
import { perMicrodollar } from '../ledger/money.ts'
import { unpackCost } from '../ledger/stored.ts'
import { usageOf } from './head.ts'
import type { TraceRow } from './row.ts'

/**
 * The sums by hour. A trace is added when it is stored and moved when its price is made anew; it is never taken out:
 * what was spent stays spent when traces are removed.
 */
export type Spend = {
  readonly add: (row: TraceRow) => void
  /** The same trace with another cost. */
  readonly change: (before: TraceRow, after: TraceRow) => void
  /** Writes what has been added up; to be called in the transaction of the traces, before its end. */
  readonly settle: () => void
  /** The transaction is undone, and what it added up with it. */
  readonly forget: () => void
}

export const hourMs = 3_600_000

/** What is added up, in the order of the columns. */
export const sums = [
  'traces',
  'unpriced',
  'incomplete',
  'estimated',
  'input',
  'cached_input',
  'cache_write',
  'output',
  'reasoning',
  'micro',
  'rest',
] as const

export function createSpend(database: Database): Spend {
  const upsert = database.prepare<unknown, (string | number)[]>(
    `INSERT INTO spend (hour, project, provider, model, client, ${sums.join(', ')})
     VALUES (?, ?, ?, ?, ?${', ?'.repeat(sums.length)})
     ON CONFLICT (hour, project, provider, model, client) DO UPDATE
     SET ${sums.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(', ')}`,
  )
  // Traces of a group mostly count in one hour, place and model: a row for all of them takes 4 µs from each.
  const open = new Map<string, { readonly place: readonly (string | number)[]; readonly amounts: number[] }>()

  const count = (row: TraceRow, amounts: number[]): void => {
    const place = placeOf(row)
    const key = JSON.stringify(place)
    const before = open.get(key)
    if (before === undefined) return void open.set(key, { place, amounts })
    amounts.forEach((amount, at) => (before.amounts[at] = (before.amounts[at] ?? 0) + amount))
  }

  return {
    add: (row) => count(row, amountsOf(row)),
    change: (before, after) => {
      const was = amountsOf(before)
      count(
        before,
        amountsOf(after).map((amount, at) => amount - (was[at] ?? 0)),
      )
    },
    settle: () => {
      for (const { place, amounts } of open.values()) upsert.run(...place, ...amounts)
      open.clear()
    },
    forget: () => open.clear(),
  }
}

function placeOf({ started_at, project, provider, model, client }: TraceRow): (string | number)[] {
  return [Math.floor(started_at / hourMs), project, provider ?? '', model ?? '', client ?? '']
}

function amountsOf(row: TraceRow): number[] {
  const usage = usageOf(row)
  const cost = unpackCost(row.cost, row.cost_lines)?.cost ?? { kind: 'unknown' }
  const isPriced = cost.kind === 'priced'
  const total = row.cost ?? 0
  const { estimated = {} } = usage?.details ?? {}
  return [
    1,
    // What took no tokens, as a list of models, is not missing a price.
    usage !== null && !isPriced ? 1 : 0,
    isPriced && !cost.isComplete ? 1 : 0,
    isPriced && cost.isEstimated ? 1 : 0,
    usage?.input ?? estimated.input ?? 0,
    usage?.cachedInput ?? 0,
    usage?.cacheWrite ?? 0,
    usage?.output ?? estimated.output ?? 0,
    usage?.reasoning ?? 0,
    Math.floor(total / perMicrodollar),
    total % perMicrodollar,
  ]
}
