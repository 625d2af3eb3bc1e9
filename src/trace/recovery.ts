import { causeOf } from '../core/log.ts'
import type { End } from '../merge/report.ts'
import type { Exchange, Means } from './exchange.ts'
import { finish } from './finish.ts'
import type { Restore } from './restore.ts'
import { type Trouble, isAboutOneReport, troubleOf } from './trouble.ts'
import type { Work } from './works.ts'
import type { Writer } from './writer.ts'

/** After the process was killed: what was running becomes traces, with what had arrived and their true outcome. */
export type Recovered =
  | {
      readonly kind: 'recovered'
      readonly answered: number
      readonly interrupted: number
      readonly bad: number
    }
  | { readonly kind: 'failed'; readonly trouble: Trouble }

export type RecoverOptions = {
  readonly open: Map<string, Exchange>
  readonly restore: Restore
  readonly write: Writer
  readonly means: Means
}

const tracesInOne = 64

export function createRecover({ open, restore, write, means }: RecoverOptions) {
  const end = (id: string): Work | null => {
    const exchange = open.get(id) ?? restore.restore(id)
    if (exchange === null) return null
    open.delete(id)
    const last = { reply: exchange.reply.heldBack, reads: [] }
    const of = { earlier: restore.earlier(exchange), means }
    const finished = finish(exchange, endOf(exchange, restore.firstReadMs(id)), last, of)
    // What came after the last save is not known, nor when it ended, nor what of the request was changed on its way.
    const { row } = finished
    row.ended_ms = null
    row.request_received_sha256 = exchange.request.sha256
    row.request_sent_bytes = row.request_received_bytes
    row.request_sent_sha256 = null
    row.reply_received_sha256 = null
    row.reply_sent_sha256 = null
    return { kind: 'finish', exchange, finished }
  }

  const attempt = (id: string): Work | null => {
    try {
      return end(id)
    } catch (error) {
      if (!isAboutOneReport(error)) throw error
      means.log('error', 'recovery-bad', { trace: id, cause: causeOf(error) })
      return null
    }
  }

  return (stillOpen: ReadonlySet<string> = new Set()): Recovered => {
    const counts = { answered: 0, interrupted: 0, bad: 0 }
    try {
      const ids = restore.ids().filter((id) => !stillOpen.has(id))
      for (let at = 0; at < ids.length; at += tracesInOne) {
        const some = ids.slice(at, at + tracesInOne)
        const works = some.map(attempt).filter((work) => work !== null)
        const written = write.works(works)
        counts.bad += some.length - works.length + written.bad
        for (const work of works) {
          if (work.kind !== 'finish') continue
          counts[work.finished.row.outcome === 'interrupted' ? 'interrupted' : 'answered']++
        }
      }
      return { kind: 'recovered', ...counts }
    } catch (error) {
      return { kind: 'failed', trouble: troubleOf(error) }
    }
  }
}

/** Its answer may have ended before the process did: then it says so itself. */
function endOf(exchange: Exchange, firstByteMs: number | null): End {
  const { head, request, reply } = exchange
  return {
    outcome: 'interrupted',
    detail: 'Weir was stopped before this exchange had ended',
    status: head?.status ?? null,
    timing: { calledMs: null, answeredMs: null, firstByteMs, endedMs: 0 },
    attempts: head === null ? 0 : 1,
    requestBytes: request.seen,
    requestSplice: null,
    replyBytes: reply.seen,
    sentBytes: reply.seen,
    insertions: [],
  }
}
