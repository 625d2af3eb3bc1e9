/** When an answer came: its reads, of which the store has the moments, in a few numbers. */
export type ReadsSummary = {
  readonly count: number
  readonly firstMs: number | null
  readonly lastMs: number | null
  readonly longestPauseMs: number | null
}

/** From pairs of microseconds after the start and bytes. */
export function summaryOf(reads: readonly number[]): ReadsSummary {
  const times = reads.filter((_, at) => at % 2 === 0).map((microseconds) => microseconds / 1000)
  let longest: number | null = null
  for (const [at, time] of times.entries()) {
    const before = times[at - 1]
    if (before !== undefined) longest = Math.max(longest ?? 0, time - before)
  }
  return {
    count: times.length,
    firstMs: times[0] ?? null,
    lastMs: times.at(-1) ?? null,
    longestPauseMs: longest,
  }
}
