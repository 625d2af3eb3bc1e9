import type { Meter } from '../value/meter.ts'
import { firstOf } from './cost.ts'
import { matchAt, visitedFor, type Visited } from './match.ts'
import { isNullable, type Node } from './node.ts'
import type { Program } from './program.ts'

/** All matches in a text, by the matcher that counts its steps. */
export type Match = { readonly from: number; readonly to: number }

/** The next place from which a match could start at all; -1 for none. */
export type Starts = ((text: string, from: number) => number) | null

/** With more sets than this, asking for each is no gain. */
const mostFirst = 8

/** By JavaScript's engine: a few classes of one character each are always quick. */
export function startsOf(node: Node): Starts {
  const first = isNullable(node) ? undefined : firstOf(node)
  if (first === undefined || first.length > mostFirst) return null
  const isFolded = first.some(({ fold }) => fold)
  const sources = new Set(first.map(({ source }) => source))
  const pattern = new RegExp([...sources].join('|'), isFolded ? 'vig' : 'vg')
  return (text, from) => {
    pattern.lastIndex = from
    return pattern.exec(text)?.index ?? -1
  }
}

export function findAll(program: Program, text: string, starts: Starts, meter: Meter): Match[] {
  const found: Match[] = []
  const visited = visitedFor(program, text, meter)
  let from = 0
  let mustAdvance = false
  while (from <= text.length) {
    const start = starts === null ? from : starts(text, from)
    if (start === -1) return found
    const to = matchAt(program, text, { start, visited, mustAdvance }, meter)
    if (to === -1) {
      mustAdvance = false
      from = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1)
      continue
    }
    found.push({ from: start, to })
    // What led to a match is no dead end: what was tried within it is forgotten.
    if (visited !== null) forget(program, visited, start, to)
    // Python's rule: behind an empty match there may be another at the same place that is not empty.
    mustAdvance = to === start
    from = to
  }
  return found
}

function forget(program: Program, visited: NonNullable<Visited>, from: number, to: number): void {
  const { length } = program.code
  visited.fill(0, (from * length) >> 5, (((to + 1) * length) >> 5) + 1)
}
