import { contains, iterate } from '../value/access.ts'
import { isList } from '../value/operators.ts'
import { list, textOf, type Value } from '../value/value.ts'
import type { Run } from './frame.ts'

/** `in`: a list on the left asks for each of its items; a string found in a string of the trace is marked there. */
export function isIn(run: Run, part: Value, whole: Value): Value {
  if (whole === null) return false
  if (isList(part)) return list(part.items.map((item) => contains(whole, item)))
  const is = contains(whole, part)
  if (is && typeof whole === 'object' && whole.kind === 'text')
    markAll(run, whole, whole.text, textOf(part) ?? '')
  return is
}

/** A needle of one letter in a long text is found often: so many places are told, no more. */
const mostMarks = 1000

function markAll(run: Run, whole: Value, text: string, piece: string): void {
  let count = 0
  for (let at = text.indexOf(piece); at !== -1 && count < mostMarks; count++) {
    run.mark(whole, at, at + piece.length)
    const next = at + Math.max(piece.length, 1)
    if (next > text.length) return
    at = text.indexOf(piece, next)
  }
}

export function containsOnly(whole: Value, parts: Value): boolean {
  return iterate(parts).every((part) => contains(whole, part))
}
