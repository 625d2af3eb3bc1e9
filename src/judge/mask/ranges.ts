/** Ranges of a text that nobody is to see, and what is left of a piece of it. */
export type Range = { readonly from: number; readonly to: number }

export const mask = '[masked]'

/** In order, none touching another. */
export function joined(ranges: readonly Range[]): Range[] {
  const list: Range[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = list.at(-1)
    if (last === undefined || range.from >= last.to) list.push(range)
    else if (range.to > last.to) list[list.length - 1] = { from: last.from, to: range.to }
  }
  return list
}

/** A piece of a text without what is masked; the mask stands where its range begins. */
export function cut(text: string, start: number, ranges: readonly Range[]): string {
  let told = ''
  let at = start
  const end = start + text.length
  for (const { from, to } of ranges) {
    if (to <= at) continue
    if (from >= end) break
    told += text.slice(at - start, Math.max(at, from) - start)
    if (from >= start) told += mask
    at = Math.min(end, to)
  }
  return told + text.slice(at - start)
}
