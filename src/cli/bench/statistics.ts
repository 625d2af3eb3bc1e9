/** What a handful of measurements says, on a machine that others use too. */

/** The value that a share of all values does not exceed; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2
}

/** Round by round: what both met in the same seconds is compared, before the median is taken. */
export function medianRatio(values: readonly number[], bases: readonly number[]): number {
  return median(values.map((value, round) => value / (bases[round] ?? NaN)))
}

export function medianDifference(values: readonly number[], bases: readonly number[]): number {
  return median(values.map((value, round) => value - (bases[round] ?? NaN)))
}
