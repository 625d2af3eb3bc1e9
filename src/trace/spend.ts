import type { Database } from 'bun:sqlite'
import { perMicrodollar } from '../ledger/money.ts'
import { unpackCost } from '../ledger/stored.ts'
import { type TraceRow, usageOf } from './row.ts'

/**
 * The sums by hour. A trace is added when it is stored and moved when its price is made anew; it is never taken out:
 * what was spent stays spent when traces are removed.
 */
export type Spend = {
  readonly add: (row: TraceRow) => void
  /** The same trace with another cost. */
  readonly change: (before: TraceRow, after: TraceRow) => void
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
  return {
    add: (row) => void upsert.run(...placeOf(row), ...amountsOf(row)),
    change: (before, after) => {
      const was = amountsOf(before)
      upsert.run(...placeOf(before), ...amountsOf(after).map((amount, at) => amount - (was[at] ?? 0)))
    },
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
