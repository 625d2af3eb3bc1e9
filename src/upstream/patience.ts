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

/** Who waits: what comes too late ends it, and while it waits for the next byte it may say so to its client. */
export type Waiter = { readonly abort: AbortController; readonly keepAlive: () => void }

/** A byte of the provider's, or the client, which is to take what has come. */
export type WaitedFor = 'first' | 'next' | 'client'

export type Patience = {
  /** Waiting begins anew. */
  readonly wait: (waiter: Waiter, what: WaitedFor) => void
  /** It is over. */
  readonly rest: (waiter: Waiter) => void
  readonly look: () => void
}

type Entry = { since: number; saidAt: number; what: WaitedFor }

export const lookEveryMs = 250

export function createPatience(settings: () => PatienceSettings, now: Clock): Patience {
  const waiting = new Map<Waiter, Entry>()

  function wait(waiter: Waiter, what: WaitedFor): void {
    const moment = now()
    const entry = waiting.get(waiter)
    if (entry === undefined) return void waiting.set(waiter, { since: moment, saidAt: moment, what })
    entry.what = what
    entry.since = entry.saidAt = moment
  }

  function look(): void {
    const moment = now()
    const { firstByteMs, idleMs, clientIdleMs, keepAliveMs } = settings()
    const limits = { first: firstByteMs, next: idleMs, client: clientIdleMs }
    for (const [waiter, entry] of waiting) {
      const limitMs = limits[entry.what]
      if (moment - entry.since >= limitMs) {
        waiting.delete(waiter)
        waiter.abort.abort(lateness(entry.what, limitMs))
      } else if (keepAliveMs > 0 && entry.what === 'next' && moment - entry.saidAt >= keepAliveMs) {
        entry.saidAt = moment
        waiter.keepAlive()
      }
    }
  }

  return { wait, rest: (waiter) => void waiting.delete(waiter), look }
}

function lateness(what: WaitedFor, limitMs: number): Fault {
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
