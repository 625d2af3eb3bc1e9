import type { Clock } from '../core/clock.ts'
import { causeOf, type Fields, type Level, type Log } from '../core/log.ts'
import { createErrands, type ErrandsState } from './errands.ts'
import { createInbox, type InboxState } from './inbox.ts'
import type { Report } from './report.ts'
import { createSpares } from './spares.ts'

/**
 * The main thread's side of the worker. What was posted is kept until the worker says that it is on disk, so that a
 * worker that dies costs nothing: its successor gets the same again. Nothing here ever waits for it.
 */
export type ToWorker =
  /** Reports as JSON: 1.1 µs of the main thread for each, where cloning their objects takes 6.1. */
  | { readonly kind: 'batch'; readonly number: number; readonly reports: string; readonly bytes: ArrayBuffer }
  /** A text and bytes for whoever stores; answered by the same number. */
  | { readonly kind: 'change'; readonly number: number; readonly change: string; readonly body: ArrayBuffer }
  | { readonly kind: 'stop' }

export type FromWorker =
  /** It is still at work: on opening a store that could not be opened, or on a change that takes long. */
  | { readonly kind: 'alive' }
  /** The store is open: from here on a death may be a batch's doing. */
  | { readonly kind: 'ready' }
  /** `lost` counts reports of the batch that could not be stored. `bytes` are those of the batch: they can be used again. */
  | { readonly kind: 'kept'; readonly number: number; readonly lost: number; readonly bytes?: ArrayBuffer }
  | { readonly kind: 'changed'; readonly number: number; readonly answer: string }
  /** What holds from now on of keys and rules: it means something to others alone. */
  | { readonly kind: 'access'; readonly snapshot: string }
  | { readonly kind: 'log'; readonly level: Level; readonly event: string; readonly fields: Fields }
  | { readonly kind: 'stopped' }

/** A worker as far as the pool knows it; main.ts makes real ones, tests make their own. */
export type Hand = {
  readonly post: (message: ToWorker, transfer: ArrayBuffer[]) => void
  readonly end: () => void
}
export type Hire = (hear: (message: FromWorker) => void, gone: (why: string) => void) => Hand

export type PoolOptions = {
  readonly hire: Hire
  readonly mostInboxBytes: number
  /** Called whenever something has reached the disk. */
  readonly onKept: () => void
  /** Called with what the store says of keys and rules: once it is open, and whenever that changes. */
  readonly onAccess?: (snapshot: string) => void
  readonly log: Log
  readonly now: Clock
  /** How long a worker that has work may say nothing, while it opens its store and from then on. */
  readonly silence?: { readonly openingMs: number; readonly keepingMs: number }
}

/** `lagMs`: how long the oldest batch has waited for the disk. */
export type PoolState = InboxState & ErrandsState & { readonly restarts: number; readonly lagMs: number }

export type Pool = {
  readonly post: (reports: readonly Report[], chunks: readonly Uint8Array[], kept: () => void) => void
  /** What is asked of the store beside reports, and its answer. The body is given away. */
  readonly change: (change: string, body: ArrayBuffer) => Promise<string>
  /** Kept once everything posted is on disk, or has been given up. */
  readonly drain: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly state: () => PoolState
}

const mostRestartDelayMs = 5_000
// A batch is kept or given up within 2 s. Opening may mean to look through a large file that was found corrupt.
const mostSilence = { openingMs: 600_000, keepingMs: 30_000 }

export function createPool(options: PoolOptions): Pool {
  const { hire, mostInboxBytes, onKept, onAccess, log, now, silence = mostSilence } = options
  const inbox = createInbox(mostInboxBytes)
  const errands = createErrands()
  const spares = createSpares()
  let restarts = 0
  let deathsInARow = 0
  let ended: (() => void) | undefined
  let hand: Hand | undefined
  let isReady = false
  let watching: Timer | undefined
  employ()

  function employ(): void {
    try {
      // Heard only while it is the one at work: it may die of an error and then say that it closed, and one that was
      // given up may still say this or that.
      const hired: Hand = hire(
        (message) => {
          if (hand === hired) hear(message)
        },
        (why) => {
          if (hand === hired) gone(why)
        },
      )
      hand = hired
      sendMore()
    } catch (error) {
      gone(causeOf(error))
    }
  }

  function sendMore(): void {
    if (hand === undefined) return
    for (let next = inbox.next(); next !== undefined; next = inbox.next()) {
      const buffer = spares.fill(next.chunks, next.bytes)
      const reports = JSON.stringify(next.reports)
      hand.post({ kind: 'batch', number: next.number, reports, bytes: buffer }, [buffer])
    }
    if (watching === undefined) watch()
  }

  /** Whatever it says is a sign of life. One that hangs does not die by itself. */
  function watch(): void {
    clearTimeout(watching)
    const waiting = inbox.state().inboxReports + errands.state().waitingChanges
    const hasWork = hand !== undefined && ended === undefined && waiting > 0
    const mostMs = isReady ? silence.keepingMs : silence.openingMs
    watching = hasWork ? setTimeout(() => giveUp(mostMs), mostMs) : undefined
  }

  function giveUp(silentMs: number): void {
    const hung = hand
    gone(`it said nothing for ${silentMs / 1000} s`)
    hung?.end()
  }

  function hear(message: FromWorker): void {
    take(message)
    watch()
  }

  function take(message: FromWorker): void {
    switch (message.kind) {
      case 'alive':
        return
      case 'ready':
        isReady = true
        return
      case 'kept':
        deathsInARow = 0
        inbox.settle(message.number, message.lost)
        if (message.bytes !== undefined) spares.giveBack(message.bytes)
        sendMore()
        return onKept()
      case 'changed':
        errands.answered(message.number, message.answer)
        return onKept()
      case 'access':
        return onAccess?.(message.snapshot)
      case 'log':
        return log(message.level, message.event, message.fields)
      case 'stopped':
        return ended?.()
    }
  }

  function gone(why: string): void {
    hand = undefined
    watch()
    if (ended !== undefined) return ended()
    restarts++
    const delayMs = Math.min(10 * 2 ** Math.min(deathsInARow++, 20), mostRestartDelayMs)
    log('error', 'worker-died', { why, waiting: inbox.state().inboxReports, restartMs: delayMs })
    inbox.takeBack(isReady ? 'blame' : 'spare')
    isReady = false
    errands.lost()
    setTimeout(employ, delayMs)
  }

  function post(reports: readonly Report[], chunks: readonly Uint8Array[], kept: () => void): void {
    inbox.add({ reports, chunks, postedAt: now(), kept })
    sendMore()
  }

  function change(text: string, body: ArrayBuffer): Promise<string> {
    return errands.ask(text, body, ({ number }) => {
      if (hand === undefined || ended !== undefined) return false
      hand.post({ kind: 'change', number, change: text, body }, [body])
      if (watching === undefined) watch()
      return true
    })
  }

  async function stop(): Promise<void> {
    if (hand === undefined) return
    const stopped = new Promise<void>((resolve) => (ended = resolve))
    watch()
    hand.post({ kind: 'stop' }, [])
    await stopped
    hand?.end()
  }

  function state(): PoolState {
    const oldest = inbox.oldest()
    return {
      ...inbox.state(),
      ...errands.state(),
      restarts,
      lagMs: oldest === undefined ? 0 : now() - oldest.postedAt,
    }
  }

  return { post, change, drain: inbox.whenEmpty, stop, state }
}
