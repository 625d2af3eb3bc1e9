import type { Clock } from '../core/clock.ts'
import { Fault } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import type { Gateway } from '../exchange.ts'
import type { Judges } from '../judge/judges.ts'
import type { Pool } from '../merge/pool.ts'
import type { Recorder } from '../merge/recorder.ts'
import type { PushDesk } from '../push/desk.ts'
import type { KeyUses } from './key-uses.ts'
import type { Listener } from './listen.ts'

/** The end of a Weir, in order: no new exchanges, the running ones, the rules that look on, the store. */
export type Ending = {
  readonly listener: Listener
  readonly load: Gateway['load']
  readonly judges: Judges
  readonly recorder: Recorder
  readonly keyUses: KeyUses
  readonly pushing: PushDesk | null
  readonly pool: Pool
  readonly log: Log
  readonly now: Clock
}

// How long those who are still there at the end may take to hear that it is the end.
const farewellMs = 250
const mostEndMs = 1_000
// What waits for a store that cannot be written to is given up after this, so that Weir comes to an end.
const mostFlushMs = 5_000
// What rules say of the last exchanges is kept with them; they are waited for this long.
const mostVerdictMs = 1_000
// The store's thread closes in milliseconds, or not at all.
const mostCloseMs = 2_000

export async function end(ending: Ending, drainMs: number): Promise<void> {
  const { listener, load, judges, recorder, keyUses, pushing, pool, log, now } = ending
  load.stopping = true
  const stopped = listener.drain()
  await Promise.race([stopped, Bun.sleep(drainMs)])
  for (const { abort } of load.running) abort.abort(new Fault('interrupted', 'Weir was stopped'))
  await Promise.race([stopped, Bun.sleep(farewellMs)])
  await Promise.race([listener.end(), Bun.sleep(mostEndMs)])
  for (const until = now() + mostVerdictMs; judges.state().waiting > 0 && now() < until;) await Bun.sleep(5)
  judges.stop()
  await Promise.race([Promise.all([recorder.flush(), keyUses.stop()]), Bun.sleep(mostFlushMs)])
  const { inboxReports } = pool.state()
  if (inboxReports > 0) log('error', 'reports-lost', { count: inboxReports })
  await pushing?.stop()
  await Promise.race([pool.stop(), Bun.sleep(mostCloseMs)])
}
