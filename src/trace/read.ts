import type { Reply } from '../dialect/dialect.ts'
import { type ShownCost, toShown, unpackCost } from '../ledger/stored.ts'
import type { Judged, Noted } from '../merge/judged.ts'
import type { Begin, Head, Header } from '../merge/report.ts'
import type { Splice } from '../wire/splice.ts'
import { type Body, bodyOf } from './body.ts'
import type { Withheld } from './compressed.ts'
import { type Data, type Part, unpackData, unpackPart } from './data.ts'
import { createPieceReader } from './piece-store.ts'
import type { PushTold } from './push/entry.ts'
import { type ReadsSummary, summaryOf } from './reads.ts'
import { type PushedRow, headOf, withPush } from './head.ts'
import type { TraceRow } from './row.ts'
import type { Store } from './store.ts'
import type { TraceHead } from './trace.ts'

/** One trace with all that was said in it, and the exchanges that are still running. */
export type Trace = TraceHead & {
  readonly requestHeaders: readonly Header[]
  readonly request: Body
  /** What was put in the place of its own bytes on the way to the provider: the model's name. */
  readonly requestSplice: Splice | null
  readonly replyHeaders: readonly Header[] | null
  /** Rebuilt, in the shape the provider's answer has without streaming. */
  readonly reply: Body
  /** How the rebuilt answer ended and what else it said; null without a dialect that reads it. */
  readonly answer: Omit<Reply, 'body' | 'usage'> | null
  /** The provider's own error object, where the answer held one. */
  readonly error: unknown
  readonly reads: ReadsSummary
  /** What is kept of the bytes that came. */
  readonly kept: { readonly request: number; readonly reply: number }
  /** Why a compressed body is not kept as it came: for a credential in it, or because nobody could look for one. */
  readonly withheld: { readonly request: Withheld | null; readonly reply: Withheld | null }
  /** Which rules judged it, and what they found: in the order in which they did. */
  readonly policy: string | null
  readonly verdicts: readonly Noted[]
  readonly cost: ShownCost | null
  /** Why the cost is not known; null where it is. */
  readonly costUnknown: string | null
  /** How its way to another store went; null where its project pushes nothing. */
  readonly pushed: PushTold | null
}

/** The answer's bytes and the reads they came in, pairs of microseconds after the start and bytes. */
export type Raw = {
  readonly bytes: Buffer
  readonly reads: readonly number[]
  readonly headers: readonly Header[] | null
  readonly status: number | null
}

export type OpenTrace = Omit<Begin, 'secrets' | 'requestHeaders' | 'address' | 'client'> & {
  readonly id: string
  readonly status: number | null
  readonly requestBytes: number
}

export type Reader = {
  readonly get: (id: string) => Trace | null
  readonly raw: (id: string) => Raw | null
  readonly requestBody: (id: string) => Buffer | null
  /** Running exchanges that are stored so far, newest first: those that were open at a save. */
  readonly listOpen: (limit?: number) => OpenTrace[]
  /** Null as well for one that has ended since, or was never stored. */
  readonly getOpen: (id: string) => OpenTrace | null
}

type Row = PushedRow & {
  readonly seq: number
  readonly request: Uint8Array | null
  readonly data: Uint8Array
  readonly judged: string | null
}
type OpenRow = { id: string; begin: string; head: string | null; request_bytes: number }

export function createReader({ database }: Store): Reader {
  const find = database.prepare<Row, [string]>(
    `SELECT traces.*, payload.*, judged.data AS judged, ${withPush}
     FROM traces JOIN payload USING (seq) LEFT JOIN judged USING (id) WHERE id = ?`,
  )
  const parts = database.prepare<{ data: Uint8Array }, [string]>(
    'SELECT data FROM reply_part WHERE id = ? ORDER BY part',
  )
  const open = database.prepare<OpenRow, [number]>(
    'SELECT id, begin, head, request_bytes FROM open ORDER BY id DESC LIMIT ?',
  )
  const findOpen = database.prepare<OpenRow, [string]>(
    'SELECT id, begin, head, request_bytes FROM open WHERE id = ?',
  )
  const pushed = database.prepare<PushTold, [string]>(
    'SELECT state, attempts, detail, remote_id AS remoteId FROM push WHERE id = ?',
  )
  const { join } = createPieceReader(database)
  const requestOf = (row: Row, data: Data): Buffer =>
    row.request === null ? data.request : join(row.request)
  const replyOf = (row: Row, data: Data): Part => {
    const all = [...parts.all(row.id).map((part) => unpackPart(part.data)), data]
    return { reply: Buffer.concat(all.map((part) => part.reply)), reads: all.flatMap((part) => part.reads) }
  }
  /** All statements of one call see the same moment, whatever is removed meanwhile. */
  const at = <T>(id: string, use: (row: Row, data: Data) => T): T | null =>
    database.transaction(() => {
      const row = find.get(id)
      return row === null ? null : use(row, unpackData(row.data))
    })()

  return {
    get: (id) =>
      at(id, (row, data) => {
        const said = { request: requestOf(row, data), part: replyOf(row, data), pushed: pushed.get(id) }
        return traceOf(row, data, said)
      }),
    raw: (id) =>
      at(id, (row, data) => {
        const { reply, reads } = replyOf(row, data)
        return { bytes: reply, reads, headers: data.facts.replyHeaders, status: row.status }
      }),
    requestBody: (id) => at(id, requestOf),
    listOpen: (limit = 100) => open.all(limit).map(openOf),
    getOpen: (id) => {
      const row = findOpen.get(id)
      return row === null ? null : openOf(row)
    },
  }
}

type Told = { readonly request: Buffer; readonly part: Part; readonly pushed: PushTold | null }

function traceOf(row: Row, data: Data, said: Told): Trace {
  const { requestHeaders, replyHeaders, answer, requestParts, requestSplice } = data.facts
  const { request, part, pushed } = said
  const isRebuilt = data.rebuilt.length > 0
  const head = headOf(row)
  const { requestReceived, replyReceived } = head.sizes
  return {
    ...head,
    requestHeaders,
    request: bodyOf(request, requestHeaders, { digest: requestReceived, parts: requestParts }),
    requestSplice,
    replyHeaders,
    reply: isRebuilt
      ? JSON.parse(data.rebuilt.toString())
      : bodyOf(part.reply, replyHeaders ?? [], { digest: replyReceived }),
    answer,
    error: answer?.error ?? null,
    reads: summaryOf(part.reads),
    kept: { request: request.length, reply: part.reply.length },
    withheld: { request: data.facts.requestWithheld ?? null, reply: data.facts.replyWithheld ?? null },
    ...judgedOf(row),
    ...costOf(row),
    pushed,
  }
}

function judgedOf({ judged }: Row): Pick<Trace, 'policy' | 'verdicts'> {
  if (judged === null) return { policy: null, verdicts: [] }
  const { policy, findings }: Judged = JSON.parse(judged)
  return { policy, verdicts: findings }
}

function costOf({ cost, cost_lines }: TraceRow): Pick<Trace, 'cost' | 'costUnknown'> {
  const stored = unpackCost(cost, cost_lines)
  if (stored === null)
    return { cost: null, costUnknown: 'It is from before costs were kept: `weir cost reprice` adds it' }
  return {
    cost: toShown(stored.cost),
    costUnknown: stored.cost.kind === 'unknown' ? stored.cost.reason : null,
  }
}

function openOf(row: OpenRow): OpenTrace {
  const {
    secrets: _,
    requestHeaders: __,
    address: ___,
    client: ____,
    ...begin
  }: Begin = JSON.parse(row.begin)
  const head: Head | null = row.head === null ? null : JSON.parse(row.head)
  return { ...begin, id: row.id, status: head?.status ?? null, requestBytes: row.request_bytes }
}
