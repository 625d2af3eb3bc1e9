import type { Clock } from '../core/clock.ts'
import type { Watcher } from '../wire/body.ts'
import { toRecord } from '../wire/headers.ts'
import type { Splice } from '../wire/splice.ts'
import type { Pool, PoolState } from './pool.ts'
import {
  addInsertion,
  addReply,
  addRequest,
  createRecording,
  takeReport,
  toEnd,
  type Recording,
} from './recording.ts'
import type { Judged } from './judged.ts'
import type { Ending } from './outcome.ts'
import type { Begin, Report } from './report.ts'

/**
 * The main thread's side of recording: decides when what has gathered becomes a batch for the worker. A short exchange
 * is told once, when it is over; a long one when it has begun and then every so often. Nobody waits here, except for a
 * durable answer.
 */
export type RecorderSettings = {
  readonly durable: boolean
  readonly saveEveryMs: number
  readonly mostRequestBytes: number
  readonly mostReplyBytes: number
}

export type Recorder = {
  readonly open: (id: string, startedAt: number) => Recording
  /** Where it goes is known now. */
  readonly begin: (recording: Recording, begin: Begin, splice: Splice | null) => void
  readonly called: (recording: Recording) => void
  readonly answered: (recording: Recording, response: Response) => void
  /** Takes the parts of its request, and is told when that was all. */
  readonly request: (recording: Recording) => Pick<Watcher, 'chunk' | 'end'>
  readonly reply: (recording: Recording, chunk: Uint8Array) => void
  readonly insert: (recording: Recording, text: string) => void
  /** The promise, if durable, is kept once the trace is on disk or it cannot be had. */
  readonly end: (recording: Recording, ending: Ending) => Promise<void> | undefined
  /** What rules say after its end. */
  readonly annotate: (recording: Recording, judged: Judged) => void
  /** What has gathered so far goes to disk now; the promise is kept once it is there. */
  readonly save: (recording: Recording) => Promise<void>
  /** Everything that has gathered goes out; kept once the worker has it on disk. */
  readonly flush: () => Promise<void>
  readonly durable: boolean
}

// Ended exchanges wait this long for others: a batch each 10 ms is one commit for all of them, and the promise is 50.
const gatherMs = 10
// With a durable store somebody is waiting: only what ends in the same moment shares a commit.
const gatherDurableMs = 1
// A store that is locked or full is tried for 1.6 s before a batch is given up; no answer is held for longer than this.
const mostHeldMs = 2_000
// An answer that outruns the interval is told by size, so that the main thread never holds much of it.
const mostGatheredBytes = 1 << 20
// A batch is copied together in one go; more than this would be felt by the streams beside it.
const mostReports = 500
const mostBatchBytes = 8 << 20

/** Who takes what is told, and keeps it. */
export type Keeper = Pick<Pool, 'post' | 'drain'> & { readonly state: () => Pick<PoolState, 'lagMs'> }

export function createRecorder(pool: Keeper, settings: RecorderSettings, now: Clock): Recorder {
  // Due now; not told yet; told before. The members of each are in the order in which they are due.
  const due = new Set<Recording>()
  const fresh = new Map<Recording, number>()
  const running = new Map<Recording, number>()
  let waiting: (() => void)[] = []
  let timer: Timer | undefined
  let timerAt = Infinity

  function begin(recording: Recording, details: Begin, splice: Splice | null): void {
    recording.begin = details
    recording.requestSplice = splice
    fresh.set(recording, now() + 2 * gatherMs)
    wake(2 * gatherMs)
  }

  function answered(recording: Recording, { status, headers }: Response): void {
    recording.answeredMs = now() - recording.startedAt
    recording.status = status
    recording.head = { status, headers: toRecord(headers) }
  }

  function reply(recording: Recording, chunk: Uint8Array): void {
    addReply(recording, chunk, now(), settings)
    if (recording.replyGathered > mostGatheredBytes) tell(recording)
  }

  function end(recording: Recording, ending: Ending): Promise<void> | undefined {
    recording.end = toEnd(recording, ending, now())
    fresh.delete(recording)
    running.delete(recording)
    return settings.durable ? save(recording) : tell(recording)
  }

  function annotate(recording: Recording, judged: Judged): void {
    recording.judged = judged
    // What was not told yet is told at its end.
    if (recording.end !== null && !recording.endTold) recording.end = { ...recording.end, judged }
    tell(recording)
  }

  async function save(recording: Recording): Promise<void> {
    // Nobody waits for a store that has not kept up for so long already.
    const leftMs = mostHeldMs - pool.state().lagMs
    if (leftMs <= 0) return tell(recording)
    const saved = new Promise<void>((resolve) => waiting.push(resolve))
    tell(recording)
    let timer: Timer | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, leftMs)))
    await Promise.race([saved, late])
    clearTimeout(timer)
  }

  function tell(recording: Recording): undefined {
    due.add(recording)
    wake(settings.durable ? gatherDurableMs : gatherMs)
  }

  function wake(delayMs: number): void {
    const at = now() + delayMs
    if (at >= timerAt) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(work, delayMs)
  }

  function work(): void {
    timerAt = Infinity
    collect(fresh)
    collect(running)
    while (due.size > 0) post()
    for (const some of [fresh, running]) {
      const [next] = some.values()
      if (next !== undefined) wake(Math.max(next - now(), 1))
    }
  }

  function collect(some: Map<Recording, number>): void {
    const moment = now()
    for (const [recording, at] of some) {
      if (at > moment) return
      some.delete(recording)
      running.set(recording, moment + settings.saveEveryMs)
      if (!recording.told || recording.replyGathered > 0 || recording.head !== null) due.add(recording)
    }
  }

  function post(): void {
    const reports: Report[] = []
    const chunks: Uint8Array[] = []
    let bytes = 0
    for (const recording of due) {
      due.delete(recording)
      const taken = takeReport(recording)
      reports.push(taken.report)
      // Not spread: a million parts as arguments overflow the stack.
      for (const chunk of taken.chunks) chunks.push(chunk)
      bytes += taken.report.requestLength + taken.report.replyLength
      if (reports.length >= mostReports || bytes >= mostBatchBytes) break
    }
    const resolves = due.size === 0 ? waiting : []
    if (due.size === 0) waiting = []
    pool.post(reports, chunks, () => resolves.forEach((resolve) => resolve()))
  }

  async function flush(): Promise<void> {
    for (const some of [fresh, running]) for (const recording of some.keys()) due.add(recording)
    while (due.size > 0) post()
    await pool.drain()
  }

  return {
    open: createRecording,
    begin,
    called: (recording) => void (recording.calledMs = now() - recording.startedAt),
    answered,
    request: (recording) => ({
      chunk: (bytes) => addRequest(recording, bytes, settings),
      end: () => void (recording.requestDone = true),
    }),
    reply,
    insert: addInsertion,
    end,
    annotate,
    save,
    flush,
    durable: settings.durable,
  }
}
