import { causeOf } from '../core/log.ts'
import type { Judged } from '../merge/judged.ts'
import type { Batch, Report } from '../merge/report.ts'
import { type Exchange, type Means, createExchange, takeHead, takeReply, takeRequest } from './exchange.ts'
import { finish } from './finish.ts'
import type { Restore } from './restore.ts'
import { type Secrets, maskText } from './secrets.ts'
import { isAboutOneReport } from './trouble.ts'
import type { Work } from './works.ts'

/** Reports to works: the half of keeping that feeds hashes and rebuilt answers, once for each report. */
export type PrepareOptions = {
  readonly open: Map<string, Exchange>
  readonly restore: Restore
  readonly means: Means
}

type Slice = { readonly report: Report; readonly request: Buffer; readonly reply: Buffer }

export function createPrepare({ open, restore, means }: PrepareOptions) {
  const take = ({ report, request, reply }: Slice): Work | null => {
    if (report.judged !== undefined) return toNote(report.id, report.judged, means.secretsOf(report.secrets))
    const exchange = exchangeOf(report, open, means)
    if (exchange === null) return null
    if (report.head !== null) takeHead(exchange, report.head)
    if (request.length > 0) takeRequest(exchange, request, means)
    const part = { reply: takeReply(exchange, reply, report.end !== null, means), reads: report.reads }
    if (report.end !== null) {
      open.delete(exchange.id)
      const finished = finish(exchange, report.end, part, { earlier: restore.earlier(exchange), means })
      return { kind: 'finish', exchange, finished }
    }
    const isEmpty = part.reply.length === 0 && part.reads.length === 0
    if (isEmpty) return { kind: 'save', exchange, part: null, partNumber: 0 }
    exchange.reply.recent.push(part.reply)
    return { kind: 'save', exchange, part, partNumber: exchange.reply.parts++ }
  }

  const attempt = (slice: Slice): Work | null => {
    try {
      return take(slice)
    } catch (error) {
      // Half taken: out of memory with it. What is stored of it can still be restored, with a gap.
      open.delete(slice.report.id)
      restore.letGo(slice.report.id)
      means.log('error', 'report-bad', { trace: slice.report.id, cause: causeOf(error) })
      return null
    }
  }

  const readBack = (id: string): Exchange | null => {
    try {
      return restore.restore(id)
    } catch (error) {
      if (!isAboutOneReport(error)) throw error
      means.log('error', 'restore-bad', { trace: id, cause: causeOf(error) })
      return null
    }
  }

  return {
    /** Reads only what is stored, so it can be done again after an error. */
    restoreMissing: (batch: Batch): void => {
      for (const { id } of batch.reports) {
        // Also with a beginning: it may be told again.
        if (open.has(id) || !restore.isLeft(id)) continue
        const exchange = readBack(id)
        if (exchange !== null) open.set(id, exchange)
      }
    },
    take: (batch: Batch) => takeAll(batch, attempt),
  }
}

function takeAll(batch: Batch, take: (slice: Slice) => Work | null): { works: Work[]; bad: number } {
  const works: Work[] = []
  let bad = 0
  for (const slice of slicesOf(batch)) {
    const work = slice === null ? null : take(slice)
    if (work === null) bad++
    else works.push(work)
  }
  return { works, bad }
}

function toNote(id: string, judged: Judged, secrets: Secrets): Work {
  const text = maskText(JSON.stringify(judged), secrets)
  return { kind: 'note', exchange: null, id, verdict: judged.verdict, judged: text }
}

function exchangeOf(report: Report, open: Map<string, Exchange>, means: Means): Exchange | null {
  const known = open.get(report.id)
  if (known !== undefined) {
    const secrets = report.begin?.secrets ?? report.secrets
    // Read back after this thread was restarted: what must be hidden in it was never stored.
    if (known.secrets.texts.length === 0 && secrets.length > 0) known.secrets = means.secretsOf(secrets)
    return known
  }
  if (report.begin === null) return null
  const exchange = createExchange(report.id, report.begin, means)
  open.set(report.id, exchange)
  return exchange
}

/** Null for a report whose lengths point beyond the buffer; nothing after it can be told apart either. */
function* slicesOf(batch: Batch): Generator<Slice | null> {
  const bytes = Buffer.from(batch.bytes)
  let at = 0
  for (const report of batch.reports) {
    const request = bytes.subarray(at, at + report.requestLength)
    const reply = bytes.subarray(at + report.requestLength, at + report.requestLength + report.replyLength)
    at += report.requestLength + report.replyLength
    yield at <= bytes.length ? { report, request, reply } : null
  }
}
