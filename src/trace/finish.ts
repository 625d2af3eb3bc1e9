import { causeOf } from '../core/log.ts'
import type { Reply } from '../dialect/dialect.ts'
import type { Client, End, Outcome } from '../merge/report.ts'
import { accountOf, type Account } from './account.ts'
import { type Facts, type Part, packData } from './data.ts'
import { type Exchange, type Means, headerOf } from './exchange.ts'
import { outcomeOf } from './outcome.ts'
import { mostLiteralBytes } from './piece-store.ts'
import type { TraceRow } from './row.ts'
import { maskText } from './secrets.ts'
import { type Earlier, type Sums, sumsOf } from './sums.ts'

/** The end of an exchange: what it was, in one row, and what was said, in one blob. Touches no database. */
export type Finished = {
  readonly row: TraceRow
  readonly data: Uint8Array
  /** The raw bytes are not kept: compressed as they are, what had to be hidden could not be. */
  readonly withoutRaw: boolean
}

export function finish(
  exchange: Exchange,
  end: End,
  last: Part,
  of: { earlier: Earlier; means: Means },
): Finished {
  const answer = answerOf(exchange, end.outcome, of.means)
  const rebuilt = rebuiltOf(exchange, answer, last.reply)
  const shown = maskText(rebuilt, exchange.secrets)
  const encoding = headerOf(exchange.head?.headers ?? [], 'content-encoding')
  const withoutRaw = shown !== rebuilt && encoding !== '' && encoding !== 'identity'
  const part = withoutRaw ? { reply: Buffer.alloc(0), reads: last.reads } : last
  const account = accountOf(exchange, { end, answer, ...of })
  const row = rowOf(exchange, end, { answer, account, sums: sumsOf(exchange, end, last.reply, of.earlier) })
  if (withoutRaw) row.dropped_reply = end.replyBytes
  const request = exchange.request.manifest === null ? exchange.request.masked : null
  const small = request !== null && request.length <= mostLiteralBytes ? request : null
  const facts = maskText(JSON.stringify(factsOf(exchange, end, answer)), exchange.secrets)
  return { row, data: packData({ facts, request: small, part, rebuilt: shown }), withoutRaw }
}

function answerOf(exchange: Exchange, outcome: Outcome, means: Means): Reply | null {
  try {
    return exchange.reply.rebuild?.finish(isWhole(outcome) ? undefined : 'torn') ?? null
  } catch (error) {
    means.log('error', 'rebuild-failed', { trace: exchange.id, cause: causeOf(error) })
    return null
  }
}

/** Whether the bytes came to their end by themselves. */
function isWhole(outcome: Outcome): boolean {
  return outcome === 'answered' || outcome === 'failed'
}

/** Empty where the stored bytes say the same: an answer that came whole is its own rebuilt form. */
function rebuiltOf(exchange: Exchange, answer: Reply | null, raw: Buffer): string {
  if (answer === null) return ''
  const text = JSON.stringify(answer.body) ?? 'null'
  const isWhole = exchange.reply.parts === 0 && exchange.reply.recent.length === 0 && exchange.reply.isTrue
  return isWhole && saysTheSame(raw, text) ? '' : text
}

function saysTheSame(raw: Buffer, text: string): boolean {
  const first = raw[0]
  // The usual ones only: an object that is written compactly, or else indented.
  if (first !== 0x7b || raw.length > mostComparedBytes) return false
  const came = raw.toString()
  if (came === text) return true
  try {
    return JSON.stringify(JSON.parse(came)) === text
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Larger ones are stored in both forms, which one compressed frame makes nearly one again. */
const mostComparedBytes = 4 * 1024 * 1024

type Made = { readonly answer: Reply | null; readonly account: Account; readonly sums: Sums }

function rowOf(exchange: Exchange, end: End, { answer, account, sums }: Made): TraceRow {
  const { begin, secrets } = exchange
  const { outcome, detail } = outcomeOf(exchange, end, answer)
  const { usage, cost } = account
  return {
    id: exchange.id,
    started_at: begin.startedAt,
    project: begin.project,
    provider: begin.provider,
    dialect: begin.dialect,
    model: begin.model ?? modelOf(answer, secrets),
    stream: begin.stream ? 1 : 0,
    method: begin.method,
    path: begin.path,
    status: end.status,
    outcome,
    detail: detail === null ? null : maskText(detail, secrets),
    called_ms: end.timing.calledMs,
    answered_ms: end.timing.answeredMs,
    first_byte_ms: end.timing.firstByteMs,
    ended_ms: end.timing.endedMs,
    usage_input: usage?.input ?? null,
    usage_cached_input: usage?.cachedInput ?? null,
    usage_cache_write: usage?.cacheWrite ?? null,
    usage_output: usage?.output ?? null,
    usage_reasoning: usage?.reasoning ?? null,
    request_received_bytes: sums.requestReceived.bytes,
    request_received_sha256: sums.requestReceived.sha256,
    request_sent_bytes: sums.requestSent.bytes,
    request_sent_sha256: sums.requestSent.sha256,
    reply_received_bytes: sums.replyReceived.bytes,
    reply_received_sha256: sums.replyReceived.sha256,
    reply_sent_bytes: sums.replySent.bytes,
    reply_sent_sha256: sums.replySent.sha256,
    attempts: end.attempts,
    dropped_request: Math.max(0, end.requestBytes - exchange.request.kept),
    dropped_reply: Math.max(0, end.replyBytes - exchange.reply.kept),
    client: labelOf(begin.client ?? null),
    usage_details: usage?.details === undefined ? null : maskText(JSON.stringify(usage.details), secrets),
    cost: cost.total,
    cost_lines: maskText(cost.text, secrets),
  }
}

function labelOf(client: Client): string | null {
  return client !== null && 'label' in client ? client.label : null
}

/** Of a request too large to be looked into on its way, the answer tells what was meant. */
function modelOf(answer: Reply | null, secrets: Exchange['secrets']): string | null {
  return answer?.model == null ? null : maskText(answer.model, secrets)
}

function factsOf(exchange: Exchange, end: End, answer: Reply | null): Facts {
  const { begin, head } = exchange
  return {
    requestHeaders: begin.requestHeaders,
    replyHeaders: head?.headers ?? null,
    answer: answer && {
      ending: answer.ending,
      model: answer.model,
      error: answer.error,
      unknownEvents: answer.unknownEvents,
    },
    requestSplice: end.requestSplice,
    insertions: end.insertions,
  }
}
