import type { Splice } from '../wire/splice.ts'
import type { Judged } from './judged.ts'
import type { DialectName } from '../dialect/dialect.ts'

/**
 * What the main thread tells the worker about exchanges. A report is what has gathered since the last one: a
 * short exchange is a single report with all of it, a long stream one each second. Bytes travel beside the
 * reports in one buffer per batch, so that a batch is one message and one transfer.
 */

/**
 * answered: whole, with a status below 400. failed: the provider's own error, by status or within the stream.
 * refused: Weir said no. unreachable, provider-cut, timed-out, client-left: why it did not come to an end.
 * interrupted: Weir was stopped or killed meanwhile. unknown: of a trace that somebody else told of.
 */
export const outcomes = [
  'answered',
  'failed',
  'refused',
  'unreachable',
  'provider-cut',
  'timed-out',
  'client-left',
  'interrupted',
  'unknown',
] as const
export type Outcome = (typeof outcomes)[number]

export type Header = readonly [name: string, value: string]

/** Milliseconds after `startedAt`; null where it did not come to that. */
export type Timing = {
  /** The request had been read as far as it had to be, and the provider was called. */
  readonly calledMs: number | null
  /** The provider's status and headers were there. */
  readonly answeredMs: number | null
  readonly firstByteMs: number | null
  readonly endedMs: number
}

export type Client = { readonly secret: number } | { readonly label: string } | null

export type Begin = {
  readonly startedAt: number
  readonly project: string
  readonly provider: string | null
  readonly dialect: DialectName | null
  readonly model: string | null
  readonly stream: boolean
  readonly method: string
  readonly path: string
  readonly requestHeaders: readonly Header[]
  /** The provider's, by which its prices are found. */
  readonly address?: string | null
  /** Who asks: which of the secrets tells it, of which the worker makes a label. */
  readonly client?: Client
  /** Whose key let it in, where one was asked for: a project that it makes is theirs. */
  readonly user?: string | undefined
  /** What must not be stored wherever it turns up: the credentials of this exchange. Never stored itself. */
  readonly secrets: readonly string[]
}

/** The provider's status and headers, as soon as they are there. */
export type Head = { readonly status: number; readonly headers: readonly Header[] }

export type End = {
  readonly outcome: Outcome
  readonly detail: string | null
  readonly status: number | null
  readonly timing: Timing
  readonly attempts: number
  readonly requestBytes: number
  readonly requestSplice: Splice | null
  readonly replyBytes: number
  /** How many of the reply's bytes the client took, and what Weir put in among them. */
  readonly sentBytes: number
  readonly insertions: readonly Splice[]
  /** Of what counts as answered: its client left at what looked like the end mark. */
  readonly clientLeft?: true | undefined
  /** What rules said; absent without rules. */
  readonly judged?: Judged | undefined
}

export type Report = {
  readonly id: string
  /** Once; the secrets of it with every later report, since a worker that was restarted has forgotten them. */
  readonly begin: Begin | null
  readonly secrets: readonly string[]
  readonly head: Head | null
  /** Lengths of the byte ranges of this report in the batch's buffer, in this order. Request: whole, once. */
  readonly requestLength: number
  readonly replyLength: number
  /** Pairs of microseconds after `startedAt` and bytes, one per read of the reply. */
  readonly reads: readonly number[]
  readonly end: End | null
  /** What rules said after its end: it replaces what was said before. */
  readonly judged?: Judged | undefined
}

export type Batch = {
  readonly number: number
  readonly reports: readonly Report[]
  readonly bytes: ArrayBuffer
}
