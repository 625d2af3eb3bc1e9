import { idAt } from '../core/id.ts'
import { unpackCost } from '../ledger/stored.ts'
import { type Accounts, priceOf } from './account.ts'
import { unpackData } from './data.ts'
import { usageOf } from './head.ts'
import type { TraceRow } from './row.ts'
import { createSpend } from './spend.ts'
import type { Store } from './store.ts'

/** Costs of stored traces made anew, by the prices of now for the time they ran at; the sums move with them. */
export type Repriced = { readonly looked: number; readonly changed: number }

/** Where providers are, by name: a trace does not say. */
export type Addresses = Readonly<Record<string, string>>

export type RepriceOptions = {
  readonly store: Store
  readonly find: Accounts['find']
  readonly addresses: Addresses
  readonly since: number
}

/** So many in a transaction, 10 ms: a Weir that runs beside it wants to write too. */
const atOnce = 500

type Row = TraceRow & { readonly seq: number }

/** One slice for each call; `next` is false once there are no more. */
export function createReprice({ store, find, addresses, since }: RepriceOptions) {
  const { database } = store
  const rows = database.prepare<Row, [string, number]>(
    'SELECT * FROM traces WHERE id >= ? ORDER BY id LIMIT ?',
  )
  const data = database.prepare<{ data: Uint8Array }, [number]>('SELECT data FROM payload WHERE seq = ?')
  const update = database.prepare('UPDATE traces SET cost = ?, cost_lines = ? WHERE seq = ?')
  const spend = createSpend(database)
  let from = idAt(since)

  /** Stored with the cost; of a trace from before there were any, the answer's own word. */
  const modelOf = (row: Row): string | null => {
    const stored = unpackCost(row.cost, row.cost_lines)
    if (stored !== null) return stored.model
    const payload = data.get(row.seq)
    return payload === null ? null : (unpackData(payload.data).facts.answer?.model ?? null)
  }

  const reprice = (row: Row): boolean => {
    const usage = usageOf(row)
    if (usage === null) return false
    const { provider, dialect, started_at: at, model } = row
    const models = [modelOf(row), model].filter((name) => name !== null).filter((name) => name !== '')
    const address = provider === null ? null : (addresses[provider] ?? null)
    const { total, text } = priceOf(usage, models, { provider, address, dialect, at }, find)
    if (total === row.cost && text === row.cost_lines) return false
    update.run(total, text, row.seq)
    spend.change(row, { ...row, cost: total, cost_lines: text })
    return true
  }

  const slice = database.transaction((): Repriced & { next: boolean } => {
    const found = rows.all(from, atOnce)
    const changed = found.filter(reprice).length
    spend.settle()
    // The least id that is greater.
    from = `${found.at(-1)?.id ?? from}0`
    return { looked: found.length, changed, next: found.length === atOnce }
  })
  return () => {
    try {
      return slice.immediate()
    } finally {
      spend.forget()
    }
  }
}
