import type { Clock } from '../core/clock.ts'
import { causeOf, type Log } from '../core/log.ts'
import type { Batch, Report } from './report.ts'

/**
 * The main thread's side of the worker. What was posted is kept until the worker says that it is on disk, so that a
 * worker that dies costs nothing: its successor gets the same again. What waits is bounded in bytes; past the bound the
 * payloads are dropped first and then whole reports, and both are counted. Nothing here ever waits.
 */
export type ToWorker = { readonly kind: 'batch'; readonly batch: Batch } | { readonly kind: 'stop' }

export type FromWorker =
  | { readonly kind: 'ready' }
  /** `lost` counts reports of the batch that could not be stored. */
  | { readonly kind: 'kept'; readonly number: number; readonly lost: number }
  | {
      readonly kind: 'log'
      readonly level: 'info' | 'warn' | 'error'
      readonly event: string
      readonly text: string
    }
  | { readonly kind: 'stopped' }

/** A worker as far as the pool knows it; main.ts makes real ones, tests make their own. */
export type Hand = {
  readonly post: (message: ToWorker, transfer: ArrayBuffer[]) => void
  readonly end: () => void
}
export type Hire = (hear: (message: FromWorker) => void, gone: (why: string) => void) => Hand

export type PoolSettings = { readonly mostInboxBytes: number }

export type PoolState = {
  /** Bytes posted and not yet on disk. */
  readonly inboxBytes: number
  readonly inboxReports: number
  readonly droppedPayloads: number
  readonly droppedReports: number
  readonly lostReports: number
  readonly restarts: number
  /** How long the oldest batch has waited for the disk. */
  readonly lagMs: number
}

export type Pool = {
  readonly post: (reports: readonly Report[], chunks: readonly Uint8Array[], kept: () => void) => void
  /** Kept once everything posted is on disk, or has been given up. */
  readonly drain: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly state: () => PoolState
}

type Waiting = {
  readonly number: number
  reports: readonly Report[]
  chunks: readonly Uint8Array[]
  bytes: number
  readonly postedAt: number
  readonly kept: () => void
  /** With the worker now. */
  sent: boolean
  /** How many workers have died with it in hand. */
  deaths: number
}

// A report without payload is about a kilobyte in memory: 50 MB at most.
const mostInboxReports = 50_000
// Sent bytes are a second copy beside the chunks that are kept: the worker is given no more ahead than keeps it busy.
const mostSentBytes = 16 << 20
const mostRestartDelayMs = 5_000

export function createPool(hire: Hire, settings: PoolSettings, tools: { log: Log; now: Clock }): Pool {
  const { log, now } = tools
  const inbox = new Map<number, Waiting>()
  const counts = {
    inboxBytes: 0,
    inboxReports: 0,
    droppedPayloads: 0,
    droppedReports: 0,
    lostReports: 0,
    restarts: 0,
  }
  const drained: (() => void)[] = []
  let lastNumber = 0
  let sentBytes = 0
  let deathsInARow = 0
  let stopping = false
  let stopped: (() => void) | undefined
  let hand: Hand | undefined = employ()

  function employ(): Hand {
    return hire(hear, gone)
  }

  function post(reports: readonly Report[], chunks: readonly Uint8Array[], kept: () => void): void {
    if (reports.length === 0) return kept()
    if (counts.inboxReports + reports.length > mostInboxReports) {
      counts.droppedReports += reports.length
      return kept()
    }
    const bytes = reports.reduce((sum, report) => sum + report.requestLength + report.replyLength, 0)
    const waiting = {
      number: ++lastNumber,
      reports,
      chunks,
      bytes,
      postedAt: now(),
      kept,
      sent: false,
      deaths: 0,
    }
    if (counts.inboxBytes + bytes > settings.mostInboxBytes) dropPayload(waiting)
    counts.inboxBytes += waiting.bytes
    counts.inboxReports += reports.length
    inbox.set(waiting.number, waiting)
    if (inbox.size === 1 || sentBytes < mostSentBytes) send(waiting)
  }

  function send(waiting: Waiting): void {
    if (hand === undefined || waiting.sent) return
    waiting.sent = true
    sentBytes += waiting.bytes
    const bytes = concatenate(waiting.chunks, waiting.bytes)
    hand.post({ kind: 'batch', batch: { number: waiting.number, reports: waiting.reports, bytes } }, [bytes])
  }

  function sendMore(): void {
    for (const waiting of inbox.values()) {
      if (sentBytes >= mostSentBytes) return
      send(waiting)
    }
  }

  function hear(message: FromWorker): void {
    if (message.kind === 'kept') return settle(message.number, message.lost)
    if (message.kind === 'log') return log(message.level, message.event, { text: message.text })
    if (message.kind === 'stopped') stopped?.()
  }

  function settle(number: number, lost: number): void {
    const waiting = inbox.get(number)
    if (waiting === undefined) return
    inbox.delete(number)
    deathsInARow = 0
    if (waiting.sent) sentBytes -= waiting.bytes
    counts.inboxBytes -= waiting.bytes
    counts.inboxReports -= waiting.reports.length
    counts.lostReports += lost
    waiting.kept()
    sendMore()
    if (inbox.size === 0) for (const resolve of drained.splice(0)) resolve()
  }

  function gone(why: string): void {
    hand = undefined
    if (stopping) return stopped?.()
    counts.restarts++
    const delayMs = Math.min(10 * 2 ** Math.min(deathsInARow++, 20), mostRestartDelayMs)
    sentBytes = 0
    for (const waiting of inbox.values()) waiting.sent = false
    log('error', 'worker-died', { why, waiting: inbox.size, restartMs: delayMs })
    blame()
    setTimeout(restart, delayMs)
  }

  /** The oldest batch was in hand: at its second death it loses its payload, at its third it is given up. */
  function blame(): void {
    const [first] = inbox.values()
    if (first === undefined) return
    first.deaths++
    if (first.deaths === 2) {
      counts.inboxBytes -= first.bytes
      dropPayload(first)
    }
    if (first.deaths > 2) settle(first.number, first.reports.length)
  }

  function restart(): void {
    try {
      hand = employ()
      sendMore()
    } catch (error) {
      gone(causeOf(error))
    }
  }

  function dropPayload(waiting: Waiting): void {
    counts.droppedPayloads += waiting.reports.length
    waiting.reports = waiting.reports.map((report) => ({
      ...report,
      requestLength: 0,
      replyLength: 0,
      reads: [],
    }))
    waiting.chunks = []
    waiting.bytes = 0
  }

  function drain(): Promise<void> {
    if (inbox.size === 0) return Promise.resolve()
    return new Promise((resolve) => drained.push(resolve))
  }

  async function stop(): Promise<void> {
    await drain()
    stopping = true
    const ended = new Promise<void>((resolve) => (stopped = resolve))
    hand?.post({ kind: 'stop' }, [])
    if (hand !== undefined) await ended
    hand?.end()
  }

  function state(): PoolState {
    const [oldest] = inbox.values()
    return { ...counts, lagMs: oldest === undefined ? 0 : now() - oldest.postedAt }
  }

  return { post, drain, stop, state }
}

function concatenate(chunks: readonly Uint8Array[], length: number): ArrayBuffer {
  const joined = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.byteLength
  }
  return joined.buffer
}
