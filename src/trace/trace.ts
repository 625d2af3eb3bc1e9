import type { Usage } from '../conversation/usage.ts'
import type { DialectName } from '../dialect/dialect.ts'
import type { CostSummary } from '../ledger/stored.ts'
import type { Verdict } from '../merge/judged.ts'
import type { PushState } from '../merge/push.ts'
import type { Outcome, Timing } from '../merge/report.ts'

/** A finished (or broken) exchange as stored, with exactly one outcome. */

/** Length and hash of bytes; a null hash means that nobody saw all of them. */
export type Digest = { readonly bytes: number; readonly sha256: string | null }

/** Null besides: what nobody saw, because Weir was killed meanwhile. */
export type TraceTiming = Omit<Timing, 'endedMs'> & { readonly endedMs: number | null }

/** recorded: it passed through here. pushed, uploaded: somebody told of it, alone or in a file. */
export const origins = ['recorded', 'pushed', 'uploaded'] as const
export type Origin = (typeof origins)[number]

export type TraceHead = {
  readonly id: string
  readonly origin: Origin
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly project: string
  /** Stands for the credential the client used: the same for the same one, in this store only. */
  readonly client: string | null
  readonly provider: string | null
  readonly dialect: DialectName | null
  /** As asked for, or where nobody read that, the one that answered. */
  readonly model: string | null
  readonly stream: boolean
  readonly method: string
  /** As the client sent it, credentials in its query masked. */
  readonly path: string
  /** Null until the provider, or Weir for it, has answered. */
  readonly status: number | null
  readonly outcome: Outcome
  /** Why, for every outcome but `answered`; safe to show. */
  readonly detail: string | null
  readonly timing: TraceTiming
  readonly usage: Usage | null
  /** Null where it is not known; a trace says why. */
  readonly cost: CostSummary | null
  readonly sizes: {
    readonly requestReceived: Digest
    readonly requestSent: Digest
    readonly replyReceived: Digest
    readonly replySent: Digest
  }
  /** How many upstream attempts were made. */
  readonly attempts: number
  /** Bytes that came but were not kept, because of a bound. */
  readonly dropped: { readonly request: number; readonly reply: number }
  /** What rules said of it; null where none had to do with it. */
  readonly verdict: Verdict | null
  /** The conversation it belongs to, by the id of its first trace, and the trace whose history it goes on from. */
  readonly session: string | null
  readonly parent: string | null
  /** Whether another store has it; null where its project pushes nothing. */
  readonly push: PushState | null
}
