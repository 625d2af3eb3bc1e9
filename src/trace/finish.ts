import { isEmpty } from '../conversation/part.ts'
import type { Reply } from '../dialect/dialect.ts'
import type { Client, End } from '../merge/report.ts'
import { accountOf, type Account } from './account.ts'
import { answerOf, isWhole } from './answer.ts'
import { type Withheld, withheldOf } from './compressed.ts'
import { type Facts, type Part, packData } from './data.ts'
import type { Exchange, Means } from './exchange.ts'
import { headerOf } from './header.ts'
import { outcomeOf } from './outcome.ts'
import { mostLiteralBytes } from './piece-store.ts'
import { type Decided, decide } from './push/decide.ts'
import { type TraceRow, unplaced } from './row.ts'
import { maskText } from './secrets.ts'
import { readHistory, readTips } from './session/told.ts'
import type { Told } from './session/stitch.ts'
import { type Earlier, type Sums, sumsOf } from './sums.ts'

/** The end of an exchange: what it was, in one row, and what was said, in one blob. Touches no database. */
export type Finished = {
  readonly row: TraceRow
  readonly data: Uint8Array
  /** The raw bytes are not kept: compressed as they are, what had to be hidden could not be. */
  readonly withoutRaw: boolean
  /** What rules said, as it is stored; null without rules. */
  readonly judged: string | null
  /** What it tells of the conversation it belongs to. */
  readonly told: Told
  /** Whether it goes out to another store; null where its project pushes nothing. */
  readonly push: Decided | null
}

export function finish(
  exchange: Exchange,
  end: End,
  last: Part,
  of: { earlier: Earlier; means: Means },
): Finished {
  const stored = () => (exchange.reply.parts === 0 ? [] : (of.earlier.parts() ?? []))
  const kept = () => [...stored(), ...exchange.reply.recent, last.reply]
  const answer = answerOf(exchange, end, kept, of.means)
  const headers = exchange.head?.headers ?? []
  const withheld = withheldOf({ headers, kept, isWhole: isWhole(exchange, end) }, exchange.secrets)
  const withoutRaw = withheld !== null
  const rebuilt = rebuiltOf(exchange, answer, last.reply)
  const shown = maskText(rebuilt, exchange.secrets)
  const part = withoutRaw ? { reply: Buffer.alloc(0), reads: last.reads } : last
  const account = accountOf(exchange, { end, answer, ...of })
  const row = rowOf(exchange, end, { answer, account, sums: sumsOf(exchange, end, last.reply, of.earlier) })
  if (withoutRaw) row.dropped_reply = end.replyBytes
  const request = exchange.request.manifest === null ? exchange.request.masked : null
  const small = request !== null && request.length <= mostLiteralBytes ? request : null
  const facts = maskText(JSON.stringify(factsOf(exchange, end, { answer, withheld })), exchange.secrets)
  const told = toldBy(exchange, answer, of)
  const judged = end.judged === undefined ? null : maskText(JSON.stringify(end.judged), exchange.secrets)
  const data = packData({ facts, request: small, part, rebuilt: shown })
  return { row, data, withoutRaw, judged, told, push: decide(exchange, { row, answer }, of.means) }
}

function toldBy(
  exchange: Exchange,
  answer: Reply | null,
  { earlier, means }: { earlier: Earlier; means: Means },
): Told {
  const { begin } = exchange
  // Read back after this thread, or all of Weir, had died: then its request is in the store.
  const history = exchange.request.history ?? readHistory(begin, earlier.request(), means)
  return { history, tips: readTips(history, begin.dialect, answer, means) }
}

/** Empty where the stored bytes say the same, or say it best: an answer that came whole is its own rebuilt form. */
function rebuiltOf(exchange: Exchange, answer: Reply | null, raw: Buffer): string {
  if (answer === null || answer.body === undefined) return ''
  return isOwnForm(exchange, raw) ? '' : JSON.stringify(answer.body)
}

/** One part, of one object, as it came: no dialect makes anything else of it. */
function isOwnForm({ reply, head }: Exchange, raw: Buffer): boolean {
  if (reply.parts > 0 || reply.recent.length > 0 || !reply.isTrue) return false
  return raw[0] === 0x7b && !headerOf(head?.headers ?? [], 'content-type').includes('event-stream')
}

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
    verdict: end.judged?.verdict ?? null,
    ...unplaced,
  }
}

function labelOf(client: Client): string | null {
  return client !== null && 'label' in client ? client.label : null
}

/** Of a request that does not name it the answer tells. */
function modelOf(answer: Reply | null, secrets: Exchange['secrets']): string | null {
  return answer?.model == null ? null : maskText(answer.model, secrets)
}

function factsOf(
  exchange: Exchange,
  end: End,
  { answer, withheld }: { answer: Reply | null; withheld: Withheld | null },
): Facts {
  const { begin, head } = exchange
  return {
    requestHeaders: begin.requestHeaders,
    replyHeaders: head?.headers ?? null,
    answer: answer && toldBeside(answer),
    requestParts: exchange.request.parts ?? undefined,
    requestSplice: end.requestSplice,
    insertions: end.insertions,
    requestWithheld: exchange.request.withheld ?? undefined,
    replyWithheld: withheld ?? undefined,
  }
}

/** What is told of an answer beside its body. */
function toldBeside({ ending, model, error, argumentTexts = {}, unknownEvents }: Reply): Facts['answer'] {
  const told = { ending, model, error, unknownEvents }
  return isEmpty(argumentTexts) ? told : { ...told, argumentTexts }
}
