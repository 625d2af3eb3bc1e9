import { checkSize, type Meter } from '../value/meter.ts'
import { matchAt, visitedFor, type Visited } from './match.ts'
import type { Program } from './program.ts'
import type { Starts } from './start.ts'

/** All matches in a text, by the matcher that counts its steps. */
export type Match = { readonly from: number; readonly to: number }

export function findAll(program: Program, text: string, starts: Starts, meter: Meter): Match[] {
  const found: Match[] = []
  let visited: Visited | undefined
  let from = 0
  let mustAdvance = false
  while (from <= text.length) {
    const start = starts === null ? from : starts(text, from)
    if (start === -1) return found
    // Most texts have no place to start at, and need no memory.
    if (visited === undefined) visited = visitedFor(program, text, meter)
    const to = matchAt(program, text, { start, visited, mustAdvance }, meter)
    if (to === -1) {
      mustAdvance = false
      from = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1)
      continue
    }
    found.push({ from: start, to })
    checkFound(found, meter)
    // What led to a match is no dead end: what was tried within it is forgotten.
    if (visited !== null) forget(program, visited, start, to)
    // Python's rule: behind an empty match there may be another at the same place that is not empty.
    mustAdvance = to === start
    from = to
  }
  return found
}

/** With what is made of them, matches take as much as so many characters each. */
const ofMatch = 12
const between = 1000

export function checkFound(found: readonly Match[], meter: Meter): void {
  if (found.length % between === 0) checkSize(meter, found.length * ofMatch)
}

function forget(program: Program, visited: NonNullable<Visited>, from: number, to: number): void {
  const { length } = program.code
  visited.fill(0, (from * length) >> 5, (((to + 1) * length) >> 5) + 1)
}
