import type { Result } from '../../guard/judge.ts'
import type { Policy } from '../../guard/policy.ts'
import type { Violation } from '../../guard/violation.ts'
import { messageOf } from './compare.ts'

/** What each rule has found over many traces: sums and a few examples, so that it takes no more memory the more it reads. */
export type Tally = {
  readonly add: (trace: string, result: Result) => void
  readonly rows: () => readonly TallyRow[]
}

export type TallyRow = {
  /** Where the rule stands in its file, from 1. */
  readonly line: number
  /** What it raised first; null while it has raised nothing. */
  readonly message: string | null
  readonly traces: number
  readonly findings: number
  /** Traces on which it could not be judged to its end. */
  readonly failures: number
  readonly failure: string | null
  readonly examples: readonly string[]
}

type Row = { -readonly [Key in keyof Omit<TallyRow, 'examples'>]: TallyRow[Key] } & {
  readonly examples: string[]
}

/** What was looked at. */
export type Judged = { readonly judged: number; readonly unread: number; readonly findings: number }

const mostExamples = 3

export function createTally({ rules }: Policy): Tally {
  const rows = rules.map(({ line }): Row => {
    return { line, message: null, traces: 0, findings: 0, failures: 0, failure: null, examples: [] }
  })
  return {
    add: (trace, { violations, errors }) => {
      const found = Map.groupBy(violations, ({ rule }) => rule)
      for (const [rule, own] of found) {
        const row = rows[rule]
        if (row === undefined) continue
        row.traces++
        row.findings += own.length
        row.message ??= firstMessage(own)
        if (row.examples.length < mostExamples) row.examples.push(trace)
      }
      for (const { rule, message } of errors) {
        const row = rows[rule]
        if (row === undefined) continue
        row.failures++
        row.failure ??= message
      }
    },
    rows: () => rows,
  }
}

function firstMessage([first]: readonly Violation[]): string | null {
  return first === undefined ? null : messageOf(first)
}
