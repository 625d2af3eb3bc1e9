import { fail } from './failure.ts'

/**
 * A service that failed so many times in a row is not asked for a while; then one call tries, and the others fail
 * until it is known how that went.
 */
export type Circuit = {
  /** Fails if the service has its rest. */
  readonly look: () => void
  /** The same for a call that is made now; it says once how it ended. */
  readonly begin: () => (ending: 'answered' | 'failed' | 'unknown') => void
}

export type Rest = { readonly maxFailures: number; readonly restMs: number }

export function createCircuit({ maxFailures, restMs }: Rest, now: () => number): Circuit {
  let [failures, restsUntil, isTrying] = [0, 0, false]

  function look(): void {
    if (failures < maxFailures) return
    const leftMs = restsUntil - now()
    if (leftMs <= 0 && !isTrying) return
    const until = leftMs > 0 ? `in ${Math.ceil(leftMs / 1000)} s` : 'once a call has come through'
    fail('busy', `it failed ${maxFailures} times in a row and is asked again ${until}`)
  }

  return {
    look,
    begin: () => {
      look()
      const isTry = failures >= maxFailures
      if (isTry) isTrying = true
      return (ending) => {
        if (isTry) isTrying = false
        if (ending === 'answered') failures = 0
        if (ending !== 'failed') return
        failures = Math.min(failures + 1, maxFailures)
        if (failures === maxFailures) restsUntil = now() + restMs
      }
    },
  }
}
