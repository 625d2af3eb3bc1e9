import type { Access } from '../api/home/access.ts'
import { causeOf, type Log } from '../core/log.ts'
import type { Pool } from '../merge/pool.ts'
import { askChange } from '../trace/home/ask-change.ts'
import { localWho } from '../trace/home/who.ts'

/** When keys were used last, written down now and then: not once a request, and a lost minute is no loss. */
export type KeyUses = { readonly flush: () => Promise<void>; readonly stop: () => Promise<void> }

const everyMs = 60_000

type Tools = {
  readonly access: Pick<Access, 'takeUses'>
  readonly change: Pool['change']
  readonly log: Log
}

export function keepKeyUses({ access, change, log }: Tools): KeyUses {
  async function flush(): Promise<void> {
    const uses = access.takeUses()
    if (Object.keys(uses).length === 0) return
    try {
      await askChange(change, { kind: 'keys-used', uses, who: localWho })
    } catch (error) {
      log('warn', 'key-uses-lost', { count: Object.keys(uses).length, cause: causeOf(error) })
    }
  }

  const timer = setInterval(() => void flush(), everyMs)
  return {
    flush,
    stop: () => {
      clearInterval(timer)
      return flush()
    },
  }
}
