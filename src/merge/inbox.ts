import type { Report } from './report.ts'

/**
 * What waits for the worker, in order, until it is on disk. Bounded in bytes: past the bound payloads are dropped first
 * and then whole reports, and both are counted.
 */
export type Waiting = {
  readonly number: number
  readonly reports: readonly Report[]
  readonly chunks: readonly Uint8Array[]
  readonly bytes: number
  readonly postedAt: number
  readonly kept: () => void
  /** How many workers have died with it in hand. */
  deaths: number
}

export type InboxState = {
  readonly inboxBytes: number
  readonly inboxReports: number
  readonly droppedPayloads: number
  readonly droppedReports: number
  readonly lostReports: number
}

export type Inbox = {
  readonly add: (parcel: Omit<Waiting, 'number' | 'bytes' | 'deaths'>) => void
  /** The next one to send, if the worker may be given more ahead. */
  readonly next: () => Waiting | undefined
  /** It is on disk, but for so many reports of it. */
  readonly settle: (number: number, lost: number) => void
  /** The worker is gone, and what it had in hand is to be sent again; the oldest may be what killed it. */
  readonly takeBack: (oldest: 'blame' | 'spare') => void
  readonly oldest: () => Waiting | undefined
  readonly whenEmpty: () => Promise<void>
  readonly state: () => InboxState
}

// A report without payload is about a kilobyte in memory: 50 MB at most.
const mostReports = 50_000
// Sent bytes are a second copy beside the chunks that are kept: the worker is given no more ahead than keeps it busy.
const mostSentBytes = 16 << 20

export function createInbox(mostBytes: number): Inbox {
  const unsent = new Map<number, Waiting>()
  const sent = new Map<number, Waiting>()
  const counts = { inboxBytes: 0, inboxReports: 0, droppedPayloads: 0, droppedReports: 0, lostReports: 0 }
  let emptied: (() => void)[] = []
  let lastNumber = 0
  let sentBytes = 0

  const add: Inbox['add'] = (parcel) => {
    const { reports, kept } = parcel
    if (counts.inboxReports + reports.length > mostReports) {
      counts.droppedReports += reports.length
      return kept()
    }
    const bytes = reports.reduce((sum, report) => sum + report.requestLength + report.replyLength, 0)
    const whole: Waiting = { ...parcel, number: ++lastNumber, bytes, deaths: 0 }
    put(counts.inboxBytes + bytes > mostBytes ? bare(whole) : whole)
  }

  function put(waiting: Waiting): void {
    counts.inboxBytes += waiting.bytes
    counts.inboxReports += waiting.reports.length
    unsent.set(waiting.number, waiting)
  }

  function bare(waiting: Waiting): Waiting {
    counts.droppedPayloads += waiting.reports.length
    const reports = waiting.reports.map((report) => ({
      ...report,
      requestLength: 0,
      replyLength: 0,
      reads: [],
    }))
    return { ...waiting, reports, chunks: [], bytes: 0 }
  }

  function next(): Waiting | undefined {
    const [waiting] = unsent.values()
    if (waiting === undefined || sentBytes >= mostSentBytes) return undefined
    unsent.delete(waiting.number)
    sent.set(waiting.number, waiting)
    sentBytes += waiting.bytes
    return waiting
  }

  function settle(number: number, lost: number): void {
    const waiting = sent.get(number)
    if (waiting === undefined) return
    sent.delete(number)
    sentBytes -= waiting.bytes
    counts.inboxBytes -= waiting.bytes
    counts.inboxReports -= waiting.reports.length
    counts.lostReports += lost
    waiting.kept()
    if (counts.inboxReports === 0) for (const resolve of emptied.splice(0)) resolve()
  }

  function takeBack(oldest: 'blame' | 'spare'): void {
    const [inHand] = sent.values()
    if (inHand !== undefined && oldest === 'blame') blame(inHand)
    const again = [...sent.values(), ...unsent.values()]
    sent.clear()
    unsent.clear()
    sentBytes = 0
    for (const waiting of again) unsent.set(waiting.number, waiting)
  }

  /** The oldest was in hand: at its second death it loses its payload, at its third it is given up. */
  function blame(waiting: Waiting): void {
    waiting.deaths++
    if (waiting.deaths > 2) return settle(waiting.number, waiting.reports.length)
    if (waiting.deaths < 2) return
    counts.inboxBytes -= waiting.bytes
    sent.set(waiting.number, bare(waiting))
  }

  function whenEmpty(): Promise<void> {
    if (counts.inboxReports === 0) return Promise.resolve()
    return new Promise((resolve) => emptied.push(resolve))
  }

  function findOldest(): Waiting | undefined {
    return [...sent.values().take(1), ...unsent.values().take(1)][0]
  }

  return { add, next, settle, takeBack, oldest: findOldest, whenEmpty, state: () => ({ ...counts }) }
}
