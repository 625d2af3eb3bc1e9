/**
 * The text as the scanner reads it: line ends are `\n`, and what all lines are indented by is gone. Offsets lead
 * back to the text as it was given.
 */
export type Source = {
  readonly text: string
  /** An offset in `text` as an offset in `given`. */
  readonly toGiven: (offset: number) => number
  /** The text as given, but for its line ends. */
  readonly given: string
}

export function readSource(raw: string): Source {
  const given = raw.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const lines = given.split('\n')
  const margin = marginOf(lines)
  if (margin === 0) return { text: given, given, toGiven: (offset) => offset }
  // Where each line starts, in both texts.
  const starts: number[] = []
  const givenStarts: number[] = []
  let [at, givenAt] = [0, 0]
  const cut = lines.map((line) => {
    const isBlank = line.trim() === ''
    const kept = isBlank ? '' : line.slice(margin)
    starts.push(at)
    givenStarts.push(givenAt + (isBlank ? 0 : margin))
    at += kept.length + 1
    givenAt += line.length + 1
    return kept
  })
  const toGiven = (offset: number): number => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return (givenStarts[low] ?? 0) + offset - (starts[low] ?? 0)
  }
  return { text: cut.join('\n'), given, toGiven }
}

/** As Python's `textwrap.dedent`: the longest whitespace that all lines start with; blank lines become empty. */
export function dedent(text: string): string {
  const lines = text.split('\n')
  const margin = marginOf(lines)
  return lines.map((line) => (isBlank(line) ? '' : line.slice(margin))).join('\n')
}

function isBlank(line: string): boolean {
  return /^[ \t]*$/.test(line)
}

function marginOf(lines: readonly string[]): number {
  let margin: string | undefined
  for (const line of lines) {
    if (isBlank(line)) continue
    const indent = /^[ \t]*/.exec(line)?.[0] ?? ''
    if (margin === undefined) margin = indent
    let common = 0
    while (common < margin.length && margin[common] === indent[common]) common++
    margin = margin.slice(0, common)
    if (margin === '') return 0
  }
  return margin?.length ?? 0
}
