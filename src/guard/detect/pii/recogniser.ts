import type { Reading } from './reading.ts'

/**
 * One kind of personal data: where it may be, how sure that is, and which words before it make it surer. Scores are
 * Presidio's: a checksum that holds is certainty, one that does not is nothing.
 */
export type Recogniser = {
  readonly kind: string
  /** Lower case; a word counts if it is found within a word. */
  readonly context: readonly string[]
  /** The least and the most that it reports, so that it need not look where nothing could come of it. */
  readonly highest: number
  /** Reports in the order of the text. */
  readonly find: (reading: Reading, report: Report) => void
}

export type Report = (start: number, end: number, score: number) => void

export const certain = 1
