import { createBook } from '../ledger/book.ts'
import { type Repriced, createReprice } from '../trace/reprice.ts'
import { openBeside } from '../trace/store.ts'
import { troubleOf } from '../trace/trouble.ts'
import type { ClearOptions } from './clear.ts'
import type { RepricePolicy } from './source.ts'
import { troubled } from './trouble.ts'

/** Costs in the store's files made anew, in slices, because the Weir that runs beside it wants to write too. */
const pauseMs = 2

export async function repriceFiles(
  { since = 0, ledger, addresses }: RepricePolicy,
  path: string,
  { now, log }: ClearOptions,
): Promise<Repriced> {
  const opened = openBeside({ path, durable: false, log, now })
  if (opened.kind === 'failed') throw troubled(path, opened.trouble)
  const { store } = opened
  const { find } = createBook({ ...ledger, log, now })
  const step = createReprice({ store, find, addresses, since })
  const all = { looked: 0, changed: 0 }
  try {
    for (;;) {
      const { looked, changed, next } = step()
      all.looked += looked
      all.changed += changed
      if (!next) return all
      await Bun.sleep(pauseMs)
    }
  } catch (error) {
    throw troubled(path, troubleOf(error))
  } finally {
    store.close()
  }
}
