import type { Reply } from '../../dialect/dialect.ts'
import type { Exchange, Means } from '../exchange.ts'
import type { TraceRow } from '../row.ts'
import type { PushRule } from './entry.ts'
import { momentOf } from './moment.ts'

/** What a trace adds to the queue, decided when its exchange ends; null where its project pushes nothing. */
export type Decided = {
  readonly rule: PushRule
  /** About as many as will be sent: what is kept of the bodies. */
  readonly bytes: number
  readonly skipped: string | null
}

type Ended = { readonly row: TraceRow; readonly answer: Reply | null }

export function decide(exchange: Exchange, { row, answer }: Ended, means: Means): Decided | null {
  const rule = Object.hasOwn(means.pushes, row.project) ? means.pushes[row.project] : undefined
  if (rule === undefined) return null
  const { requestHeaders } = exchange.begin
  const moment = momentOf(
    {
      dialect: row.dialect,
      outcome: row.outcome,
      status: row.status,
      requestHeaders,
      answer,
      isBlocked: row.verdict === 'block',
    },
    rule.when,
    means.dialects,
  )
  const bytes =
    row.request_received_bytes - row.dropped_request + row.reply_received_bytes - row.dropped_reply
  return { rule, bytes: Math.max(0, bytes), skipped: moment.kind === 'push' ? null : moment.why }
}
