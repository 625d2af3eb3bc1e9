import type { ShownCost } from '../ledger/stored.ts'
import type { Noted, Verdict } from '../merge/judged.ts'
import type { Header, Outcome } from '../merge/report.ts'
import type { OpenTrace, Trace } from '../trace/read.ts'
import type { CostQuery, CostTotals } from '../trace/costs.ts'
import type { TraceConversation } from '../trace/conversation.ts'
import type { PushSums } from '../trace/push/entry.ts'
import type { SessionFilter, SessionPage } from '../trace/session/list.ts'
import type { SessionView } from '../trace/session/show.ts'
import type { TraceHead } from '../trace/trace.ts'

/** What this API needs of a store of traces: plain functions, asynchronous because reading runs in a thread of its own. */
export type TraceReader = {
  /** Newest first. */
  readonly list: (query: TraceQuery) => Promise<TracePage>
  readonly get: (id: string) => Promise<TraceRecord | null>
  /** Null if there is no such trace; a trace without an answer has the status null. */
  readonly raw: (id: string) => Promise<RawReply | null>
  readonly requestBody: (id: string) => Promise<RawRequest | null>
  /** How many of them were there. */
  readonly remove: (ids: readonly string[]) => Promise<number>
  readonly totals: () => Promise<Totals>
  readonly costs: (query: CostQuery) => Promise<CostTotals>
  /** Exchanges that have run for longer than `traces.saveEveryMs`, newest first; the newest hundred of them. */
  readonly open: () => Promise<readonly OpenTrace[]>
  /** What has been stored since the cursor, oldest first. A null cursor: nothing, and the cursor of now. */
  readonly after: (cursor: string | null, limit: number) => Promise<Followed>
  /** The one with the newest exchange first. */
  readonly sessions: (filter: SessionFilter) => Promise<SessionPage>
  readonly session: (id: string) => Promise<SessionView | null>
  /** Of each project that pushes: what waits, and what became of the rest. */
  readonly pushes: () => Promise<readonly PushSums[]>
  /** Has sent again what was refused, of one project or of all; how many these were. */
  readonly retryPushes: (project: string | null) => Promise<number>
}

export type TraceFilter = {
  readonly project?: string
  readonly provider?: string
  readonly model?: string
  readonly outcome?: Outcome
  readonly status?: number
  readonly session?: string
  readonly verdict?: Verdict
  /** Milliseconds since 1970 of the beginning: from this one on, and before that one. */
  readonly since?: number
  readonly until?: number
  readonly text?: string
}

/** `before` is the `next` of the page before. */
export type TraceQuery = TraceFilter & { readonly limit: number; readonly before?: string }

export type TracePage = {
  readonly traces: readonly TraceHead[]
  /** Where the next page begins; null when there is none. A page may be short, or empty, and still have one. */
  readonly next: string | null
}

export type TraceRecord = TraceHead & {
  readonly request: unknown
  readonly requestHeaders: readonly Header[] | null
  readonly requestSplice: Trace['requestSplice']
  readonly reply: unknown
  readonly replyHeaders: readonly Header[] | null
  /** How the answer ended, and what was given to tools as it was written; null where nobody could read it. */
  readonly answer: Trace['answer']
  /** Null for what has none, or one that is too large. */
  readonly conversation: TraceConversation | null
  readonly error: unknown
  /** A hash of the rules that judged it, and what they found. */
  readonly policy: string | null
  readonly verdicts: readonly Noted[]
  readonly cost: ShownCost | null
  readonly costUnknown: string | null
  /** How its way to another store went; null where its project pushes nothing. */
  readonly pushed: Trace['pushed']
  /** Why a compressed body is not kept as it came. */
  readonly withheld: Trace['withheld']
}

/** The answer's bytes as they came, in parts, so that a large one is never in memory whole. */
export type RawReply = {
  readonly head: TraceHead
  readonly headers: readonly Header[]
  readonly parts: AsyncIterable<RawPart>
}

export type RawPart = {
  readonly bytes: Uint8Array
  /** Pairs of microseconds after the start and bytes, one per read. Together they may cover less than the bytes. */
  readonly reads: readonly number[]
}

export type RawRequest = { readonly headers: readonly Header[]; readonly bytes: Uint8Array }

export type Totals = { readonly count: number; readonly bytes: number; readonly oldest: number | null }

export type Followed = { readonly traces: readonly TraceHead[]; readonly cursor: string }
