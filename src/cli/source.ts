import type { ArgumentTexts } from '../dialect/dialect.ts'
import type { ShownCost } from '../ledger/stored.ts'
import type { Verdict } from '../merge/judged.ts'
import type { Header, Outcome } from '../merge/report.ts'
import type { LedgerSettings } from '../trace/account.ts'
import type { Withheld } from '../trace/compressed.ts'
import type { CostQuery, CostTotals } from '../trace/costs.ts'
import type { PushSums, PushTold } from '../trace/push/entry.ts'
import type { OpenTrace } from '../trace/read.ts'
import type { Addresses, Repriced } from '../trace/reprice.ts'
import type { SessionHead } from '../trace/session/list.ts'
import type { SessionView } from '../trace/session/show.ts'
import type { TraceHead } from '../trace/trace.ts'

/** Where the commands get traces from: the store's files, or a Weir that is running somewhere. */
export type Whereabouts =
  | { readonly kind: 'store'; readonly folder: string }
  | { readonly kind: 'instance'; readonly url: string; readonly token: string | null }

export type TraceQuery = {
  readonly project?: string
  readonly provider?: string
  readonly model?: string
  readonly outcome?: Outcome
  /** What rules said of it; none of these where there were no rules. */
  readonly verdict?: Verdict
  readonly status?: number
  /** Milliseconds since 1970, of the start. */
  readonly since?: number
  readonly until?: number
  /** Somewhere in the trace's texts. */
  readonly text?: string
}

export type TraceRecord = TraceHead & {
  readonly request: unknown
  readonly requestHeaders: readonly Header[] | null
  readonly reply: unknown
  readonly replyHeaders: readonly Header[] | null
  readonly error: unknown
  /** Null without a rebuilt answer. */
  readonly answer: {
    readonly ending: 'complete' | 'error' | 'cut'
    readonly model: string | null
    readonly unknownEvents: Readonly<Record<string, number>>
    readonly argumentTexts?: ArgumentTexts
  } | null
  readonly requestSplice: unknown
  /** Why a compressed body is not kept as it came; an earlier Weir does not tell it. */
  readonly withheld?: { readonly request: Withheld | null; readonly reply: Withheld | null }
  readonly policy: string | null
  readonly verdicts: readonly ShownVerdict[]
  readonly cost: ShownCost | null
  readonly costUnknown: string | null
  readonly pushed: PushTold | null
}

/** What of a verdict is shown. */
export type ShownVerdict = {
  readonly order: string
  readonly action: string
  readonly mode: string
  readonly on: string
  readonly line: number | null
  readonly message: string
  readonly ranges: readonly string[]
  readonly leftBytes: number
}

/** The answer's bytes as they came. */
export type RawReply = {
  readonly bytes: Uint8Array
  /** Pairs of microseconds after the start and bytes, one per read. */
  readonly reads: readonly number[]
}

export type PrunePolicy = {
  /** Remove what started before this moment. */
  readonly before?: number
  readonly keepBytes?: number
  readonly keepCount?: number
  readonly mode: 'remove' | 'count'
}

export type RepricePolicy = {
  /** Only what started since. */
  readonly since?: number
  readonly ledger: LedgerSettings
  readonly addresses: Addresses
}

/** `bytes` is null where nobody knows; what was only counted is estimated. */
export type Pruned = { readonly traces: number; readonly bytes: number | null }

export type SessionQuery = Pick<TraceQuery, 'project' | 'since' | 'until' | 'text'>

export type Rebuilt = { readonly seen: number; readonly joined: number }

export type ImportOf = {
  readonly project: string
  readonly lines: AsyncIterable<string>
  readonly isStopped: () => boolean
  readonly tell: (so: { readonly lines: number; readonly added: number; readonly known: number }) => void
}

/** `isWhole`: it was not stopped before the end. */
export type Imported = { readonly added: number; readonly known: number; readonly isWhole: boolean }

export type ExportOf = {
  readonly project: string
  readonly withIds: boolean
  readonly isAnnotated: boolean
}

export type TraceSource = {
  /** Newest first, at most `limit`; `cursor` is what a page before ended with. A null cursor back: that was all. */
  readonly list: (
    query: TraceQuery,
    page: { readonly limit: number; readonly cursor: string | null },
  ) => Promise<{ readonly traces: readonly TraceHead[]; readonly cursor: string | null }>
  /** What has been stored since the cursor, oldest first. A null cursor: nothing, and the cursor of now. */
  readonly after: (
    query: TraceQuery,
    cursor: string | null,
  ) => Promise<{ readonly traces: readonly TraceHead[]; readonly cursor: string }>
  readonly get: (id: string) => Promise<TraceRecord | null>
  /** An exchange that has not ended, as far as that is known. */
  readonly running: (id: string) => Promise<OpenTrace | null>
  readonly raw: (id: string) => Promise<RawReply | null>
  readonly costs: (query: CostQuery) => Promise<CostTotals>
  readonly reprice: (policy: RepricePolicy) => Promise<Repriced>
  /** Of each project that pushes: what waits, and what became of the rest. */
  readonly pushes: () => Promise<readonly PushSums[]>
  /** Has what was refused sent again, of one project or of all. */
  readonly retryPushes: (project: string | null) => Promise<number>
  /** The one with the newest exchange first. */
  readonly sessions: (
    query: SessionQuery,
    page: { readonly limit: number; readonly cursor: string | null },
  ) => Promise<{ readonly sessions: readonly SessionHead[]; readonly cursor: string | null }>
  readonly session: (id: string) => Promise<SessionView | null>
  /** Stitches what was stored before there were sessions. Null where only the files can be worked on. */
  readonly rebuildSessions: ((tell: (seen: number) => void) => Promise<Rebuilt>) | null
  /** Exports in and out; null where only the files can be worked on. Of no such project there are no lines. */
  readonly importLines: ((of: ImportOf) => Promise<Imported>) | null
  readonly exportLines: ((of: ExportOf) => AsyncIterable<string> | null) | null
  readonly prune: (policy: PrunePolicy) => Promise<Pruned>
  /** The file that traces would be in, if there is none yet. */
  readonly missing: () => string | null
  readonly close: () => Promise<void>
}
