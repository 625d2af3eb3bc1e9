import type { Clock } from '../core/clock.ts'
import { Fault } from '../core/fault.ts'

/**
 * How long to wait for a provider, and for a client that does not read: one clock for all waits, looked at four times a second, instead of a timer set and
 * cleared for every chunk of every stream. A model may think for minutes, so the limits are long and configured.
 */
export type PatienceSettings = {
  readonly firstByteMs: number
  readonly idleMs: number
  readonly clientIdleMs: number
  readonly keepAliveMs: number
}

export type Wait = {
  /** Waiting begins anew. */
  readonly for: (what: Awaited) => void
  /** It is over. */
  readonly rest: () => void
}

/** A byte of the provider's, or the client, which is to take what has come. */
export type Awaited = 'first' | 'next' | 'client'

export type Impatience = {
  readonly late: (fault: Fault) => void
  /** Every `keepAliveMs` while waiting for the next byte. */
  readonly stillWaiting: () => void
}

export type Patience = { readonly watch: (told: Impatience) => Wait; readonly look: () => void }

type Entry = { since: number; saidAt: number; what: Awaited; readonly told: Impatience }

export const lookEveryMs = 250

export function createPatience(settings: () => PatienceSettings, now: Clock): Patience {
  const waiting = new Set<Entry>()

  function watch(told: Impatience): Wait {
    const entry: Entry = { since: 0, saidAt: 0, what: 'first', told }
    return {
      for: (what) => {
        entry.what = what
        entry.since = entry.saidAt = now()
        waiting.add(entry)
      },
      rest: () => void waiting.delete(entry),
    }
  }

  function look(): void {
    const moment = now()
    const { firstByteMs, idleMs, clientIdleMs, keepAliveMs } = settings()
    const limits = { first: firstByteMs, next: idleMs, client: clientIdleMs }
    for (const entry of waiting) {
      const limitMs = limits[entry.what]
      if (moment - entry.since >= limitMs) {
        waiting.delete(entry)
        entry.told.late(lateness(entry.what, limitMs))
      } else if (keepAliveMs > 0 && entry.what === 'next' && moment - entry.saidAt >= keepAliveMs) {
        entry.saidAt = moment
        entry.told.stillWaiting()
      }
    }
  }

  return { watch, look }
}

function lateness(what: Awaited, limitMs: number): Fault {
  const seconds = limitMs / 1000
  switch (what) {
    case 'first':
      return new Fault('provider-slow', `The provider did not begin to answer within ${seconds} s`)
    case 'next':
      return new Fault(
        'provider-stalled',
        `The provider stopped in the middle of its answer and was silent for ${seconds} s`,
      )
    case 'client':
      return new Fault('client-left', `The client took nothing of its answer for ${seconds} s`)
  }
}
