/** The known word that was probably meant: few letters differ, or it begins the same way. */
export function suggest(word: string, known: readonly string[]): string | null {
  const typed = word.toLowerCase()
  const most = Math.max(1, Math.floor(typed.length / 3))
  let best: string | null = null
  let least = most + 1
  for (const candidate of known) {
    const distance = distanceOf(typed, candidate.toLowerCase())
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  if (best !== null || typed.length < 3) return best
  return known.find((candidate) => candidate.toLowerCase().startsWith(typed)) ?? null
}

/** Letters to insert, drop, change or swap with their neighbour to get from one word to the other. */
function distanceOf(from: string, to: string): number {
  let older: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwap =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwap ? at(older, column - 2) + 1 : Infinity,
        ),
      )
    }
    older = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
