/** What rules said of an exchange, as it is told to the worker and stored with the trace: plain data. */
export const verdicts = ['allow', 'flag', 'block'] as const
export type Verdict = (typeof verdicts)[number]

export type Judged = {
  /** Which rules these were: a hash of all that they say. */
  readonly policy: string
  readonly verdict: Verdict
  readonly findings: readonly Noted[]
}

/** One thing that a rule found, or one that it could not find out. */
export type Noted = {
  readonly kind: 'violation' | 'error'
  /** The name of its policy. */
  readonly order: string
  readonly action: 'block' | 'log' | 'mask' | 'steer' | 'flag'
  readonly mode: 'hold' | 'tail' | 'watch'
  readonly on: 'request' | 'answer'
  /** Of the rule within its policy; null where none of them could be judged. */
  readonly line: number | null
  /** What the rule says, or why it could not be judged. */
  readonly message: string
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
  /** Where: addresses as Invariant has them, and the same as paths. */
  readonly ranges: readonly string[]
  readonly spans: readonly NotedSpan[]
  /** How many of the answer's bytes had left for the client by then. */
  readonly leftBytes: number
}

export type NotedSpan = {
  readonly message: number
  readonly path: readonly (string | number)[]
  /** Code points of the text there, and UTF-16 units; null for all that stands there. */
  readonly part: {
    readonly start: number
    readonly end: number
    readonly from: number
    readonly to: number
  } | null
}

/** The verdict over all: what was blocked stays so, whatever else was found. */
export function verdictOf(findings: readonly Noted[], isBlocked: boolean): Verdict {
  if (isBlocked) return 'block'
  return findings.length === 0 ? 'allow' : 'flag'
}
