/** Counts what nobody knew, by name. Names come from outside: they are cut, and only so many are told apart. */
export type Tally = {
  readonly count: (name: string) => void
  readonly counts: () => Readonly<Record<string, number>>
}

const mostNames = 100
const mostLength = 100

export function createTally(): Tally {
  const counts = new Map<string, number>()
  return {
    count: (name) => {
      const short = name.slice(0, mostLength)
      const known = counts.size < mostNames || counts.has(short) ? short : 'other'
      counts.set(known, (counts.get(known) ?? 0) + 1)
    },
    // Not by assignment: an event may be called `__proto__`.
    counts: () => Object.fromEntries(counts),
  }
}
