/** What a row of the table says; each row's function gives one or several. */
export type Variant = 'bare' | 'nginx' | 'weir'

export type Finding = {
  readonly what: string
  /** In words, as in the table: "at most 4 x bare". */
  readonly target: string
  readonly unit: 'µs' | 'ms' | 'MB' | 'MB/s' | 'streams' | 'traces/s'
  /** Null: not measured; the note says why. */
  readonly bare: number | null
  readonly nginx: number | null
  readonly weir: number | null
  /** What is held against the target: a ratio, what was added, or the value itself. */
  readonly compared: string
  readonly verdict: 'pass' | 'fail' | 'unknown'
  readonly note: string
  /** Every value of every round, for the history. */
  readonly raw: unknown
}

type Base = Pick<Finding, 'what' | 'target' | 'unit' | 'bare' | 'nginx' | 'weir' | 'note' | 'raw'>

export function atMostTimes(base: Base, ratio: number | null, most: number): Finding {
  const compared = ratio === null || Number.isNaN(ratio) ? '-' : `x ${ratio.toFixed(2)}`
  return { ...base, compared, verdict: verdictOf(ratio, most) }
}

export function atMostAdded(base: Base, added: number | null, most: number): Finding {
  const compared = added === null || Number.isNaN(added) ? '-' : `${added < 0 ? '' : '+'}${added.toFixed(2)}`
  return { ...base, compared, verdict: verdictOf(added, most) }
}

export function atMost(base: Base, value: number | null, most: number): Finding {
  const compared = value === null || Number.isNaN(value) ? '-' : value.toFixed(value < 10 ? 2 : 0)
  return { ...base, compared, verdict: verdictOf(value, most) }
}

/** A row that could not be measured says so. */
export function unknown(what: string, target: string, note: string): Finding {
  const none = { bare: null, nginx: null, weir: null }
  return { what, target, unit: 'ms', ...none, compared: '-', verdict: 'unknown', note, raw: null }
}

function verdictOf(value: number | null, most: number): Finding['verdict'] {
  if (value === null || Number.isNaN(value)) return 'unknown'
  return value <= most ? 'pass' : 'fail'
}
