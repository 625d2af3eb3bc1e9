import type { PushChange } from '../merge/push.ts'
import { causeOf, type Log } from '../core/log.ts'
import type { PushEntry } from '../trace/push/entry.ts'
import type { Asked } from './ask.ts'
import type { Sent } from './remote.ts'
import { delayOf } from './retry.ts'

/**
 * The way of one project's traces to its remote. While the remote is well a few travel at once; from the first failure on
 * one at a time, each after a longer wait, until one arrives. Nothing is looked at in between.
 *
 * Each trace arrives once: that an attempt begins is on the disk before it does, so whoever finds it there, in this life
 * or after a `kill -9`, asks the remote before anything is sent again (docs/decisions/0022).
 */
export type Lane = {
  /** There may be something to send. */
  readonly wake: () => void
  /** Begins nothing more. Kept when what was on its way has been written down. */
  readonly stop: () => Promise<void>
}

/** What is told of a trace, or why nothing is. */
export type ToSend = { readonly text: string } | { readonly skipped: string }

export type Way = {
  readonly project: string
  readonly due: (now: number, limit: number) => readonly PushEntry[]
  readonly nextAt: () => number | null
  readonly toSend: (id: string) => ToSend
  readonly send: (payload: string) => Promise<Sent>
  readonly ask: (id: string) => Promise<Asked>
  /** Whether it is on the disk. */
  readonly record: (change: PushChange) => Promise<boolean>
}

export type LaneOptions = {
  readonly way: Way
  readonly now: () => number
  readonly random: () => number
  /** Calls back once after so long, and gives what calls that off. */
  readonly after: (ms: number, act: () => void) => () => void
  readonly log: Log
}

const mostAtOnce = 4
/** A store that cannot be read or written now is tried again after this. */
const storeWaitMs = 1000
/** While one hangs, what comes due meanwhile is looked for so often. */
const busyWaitMs = 1000
/** Without anything that waits: another process may have put something back. */
const idleWaitMs = 60_000
/** How long an attempt whose sender died may still arrive, before the remote is asked whether it did. */
const arrivingMs = 5000
/** The longest that a timer holds. */
const mostTimerMs = 60 * 60_000

export function createLane({ way, now, random, after, log }: LaneOptions): Lane {
  const { project } = way
  const busy = new Set<string>()
  const idle: (() => void)[] = []
  let failures = 0
  let restUntil = 0
  let stopping = false
  let callOff = (): void => {}

  function wake(): void {
    if (stopping) return
    callOff()
    const free = (failures > 0 ? 1 : mostAtOnce) - busy.size
    if (free <= 0) return
    if (now() < restUntil) return wakeAt(restUntil)
    try {
      const entries = way.due(now(), free + busy.size).filter(({ id }) => !busy.has(id))
      for (const entry of entries.slice(0, free)) void carry(entry)
      const nextAt = way.nextAt()
      // Those on their way are due as well.
      if (nextAt === null) wakeAt(now() + idleWaitMs)
      else wakeAt(busy.size === 0 ? nextAt : Math.max(nextAt, now() + busyWaitMs))
    } catch (error) {
      log('debug', 'push-unread', { project, why: causeOf(error) })
      wakeAt(now() + storeWaitMs)
    }
  }

  function wakeAt(at: number): void {
    callOff = after(Math.min(Math.max(at - now(), 1), mostTimerMs), wake)
  }

  async function carry(entry: PushEntry): Promise<void> {
    busy.add(entry.id)
    try {
      await deliver(entry)
    } catch (error) {
      log('warn', 'push-unread', { project, trace: entry.id, why: causeOf(error) })
      restUntil = now() + storeWaitMs
    }
    busy.delete(entry.id)
    if (busy.size === 0) for (const resolve of idle.splice(0)) resolve()
    wake()
  }

  async function deliver(entry: PushEntry): Promise<void> {
    if (entry.state === 'sending' && (await isThere(entry))) return
    const toSend = way.toSend(entry.id)
    if ('skipped' in toSend) return settle(entry, { state: 'skipped', detail: toSend.skipped })
    const begun = { ...entry, attempts: entry.attempts + 1 }
    const isBegun = await way.record(changeOf(begun, { state: 'sending', dueAt: now() + arrivingMs }))
    if (!isBegun) {
      restUntil = now() + storeWaitMs
      return
    }
    if (stopping) return settle(begun, { state: 'waiting' })
    return take(begun, await way.send(toSend.text))
  }

  /** Of an attempt that nobody saw end. True if nothing is to be sent now. */
  async function isThere(entry: PushEntry): Promise<boolean> {
    const asked = await way.ask(entry.id)
    switch (asked.kind) {
      case 'there':
        await settle(entry, { state: 'sent', remoteId: asked.remoteId })
        well()
        return true
      case 'absent':
        return false
      case 'mute':
        log('warn', 'push-may-repeat', { project, trace: entry.id, why: asked.why })
        return false
      case 'away':
        await settle(entry, { state: 'sending', detail: asked.why, dueAt: now() })
        unwell(asked.why, asked.afterMs)
        return true
    }
  }

  async function take(entry: PushEntry, sent: Sent): Promise<void> {
    switch (sent.kind) {
      case 'sent':
        await settle(entry, { state: 'sent', remoteId: sent.remoteId })
        return well()
      case 'refused':
        log('warn', 'push-refused', { project, trace: entry.id, why: sent.why })
        await settle(entry, { state: 'refused', detail: sent.why })
        return well()
      case 'away':
        unwell(sent.why, sent.afterMs)
        return settle(entry, { state: 'waiting', detail: sent.why })
      case 'unknown': {
        unwell(sent.why, sent.afterMs)
        // One trace that a remote always stumbles over comes back less and less often, and the others go before it.
        const waitMs = delayOf({ failures: entry.attempts, askedMs: null }, random())
        const dueAt = now() + Math.max(waitMs, arrivingMs)
        return settle(entry, { state: 'sending', detail: sent.why, dueAt })
      }
    }
  }

  /** Until it is written down: what has been sent and is forgotten would be sent again. */
  async function settle(entry: PushEntry, became: Became): Promise<void> {
    while (!(await way.record(changeOf(entry, became)))) {
      if (stopping) return
      await new Promise<void>((resolve) => void after(storeWaitMs, resolve))
    }
  }

  function well(): void {
    if (failures > 0) log('info', 'push-recovered', { project })
    failures = 0
    restUntil = 0
  }

  function unwell(why: string, askedMs: number | null): void {
    if (failures === 0 && !stopping) log('warn', 'push-failing', { project, why })
    failures++
    restUntil = Math.max(restUntil, now() + delayOf({ failures, askedMs }, random()))
  }

  return {
    wake,
    stop: () => {
      stopping = true
      callOff()
      return busy.size === 0 ? Promise.resolve() : new Promise((resolve) => void idle.push(resolve))
    },
  }
}

type Became = Pick<PushChange, 'state'> & Partial<PushChange>

function changeOf({ id, attempts }: PushEntry, became: Became): PushChange {
  return { id, attempts, dueAt: 0, detail: null, remoteId: null, ...became }
}
