import type { Clock } from '../core/clock.ts'
import { type Log, causeOf } from '../core/log.ts'
import { type RefreshOptions, ageOf, refreshPrices } from '../ledger/refresh.ts'

/** The list of prices downloaded once a day, while Weir runs and its configuration says so. */
export type FreshnessOptions = Pick<RefreshOptions, 'get' | 'path'> & {
  readonly log: Log
  readonly now: Clock
}

const dayMs = 86_400_000
/** Also how long a failed download waits for its next try. */
const lookAgainMs = 3_600_000
const limitMs = 60_000

/** One look: downloads what is older than a day. Never throws. */
export function createFreshness({ get, path, log, now }: FreshnessOptions): () => Promise<void> {
  return async () => {
    if (ageOf(path, now()) < dayMs) return
    try {
      const refreshed = await refreshPrices({ get, path, signal: AbortSignal.timeout(limitMs) })
      log('info', 'prices-refreshed', refreshed)
    } catch (error) {
      log('warn', 'prices-stale', { cause: causeOf(error) })
    }
  }
}

/** Now and every hour, until what it gives is called. */
export function keepFresh(options: FreshnessOptions): () => void {
  const freshen = createFreshness(options)
  void freshen()
  const timer = setInterval(() => void freshen(), lookAgainMs)
  return () => clearInterval(timer)
}
