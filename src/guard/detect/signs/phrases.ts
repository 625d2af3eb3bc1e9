import type { Plain } from './plain.ts'
import type { Sign } from './sign.ts'

/**
 * Phrases as words that follow each other with little between: one of the first, one of the second, and so on. Each
 * word is sought once through the text, so that it takes as long as it is long, whatever it says.
 */
export type Phrase = { readonly kind: string; readonly steps: readonly (readonly string[])[] }

/** Characters from the end of one word to the start of the next. */
const mostGap = 30

export function signsIn({ text, toSource }: Plain, phrases: readonly Phrase[]): Sign[] {
  return phrases.flatMap(({ kind, steps: [first = [], ...rest] }) => {
    const found: Sign[] = []
    const seekers = rest.map((words) => createSeeker(text, words))
    const starts = createSeeker(text, first)
    for (let place = starts(0); place !== null;) {
      const end = seekers.reduce<number | null>((from, seek) => {
        const next = from === null ? null : seek(from)
        return next !== null && from !== null && next.start - from <= mostGap ? next.end : null
      }, place.end)
      if (end !== null) {
        const whole = endOfWord(text, end)
        found.push({ kind, start: toSource(place.start), end: toSource(whole - 1) + 1 })
      }
      place = starts(end ?? place.start + 1)
    }
    return found
  })
}

/** Words are given by how they begin; all of it is marked. */
function endOfWord(text: string, from: number): number {
  if (!letter.test(text.charAt(from - 1))) return from
  let end = from
  while (letter.test(text.charAt(end))) end++
  return end
}

/** Of the scripts that have cases. */
const letter = /[a-z\u00c0-\u04ff]/

type Place = { readonly start: number; readonly end: number }

/** The first of the words at or behind a place. Places only ever ascend. */
function createSeeker(text: string, words: readonly string[]): (from: number) => Place | null {
  const sought = words.map((word) => ({ word, at: seek(text, word, 0) }))
  return (from) => {
    let best: Place | null = null
    for (const each of sought) {
      if (each.at !== -1 && each.at < from) each.at = seek(text, each.word, from)
      if (each.at === -1) continue
      const isBetter =
        best === null ||
        each.at < best.start ||
        (each.at === best.start && each.at + each.word.length > best.end)
      if (isBetter) best = { start: each.at, end: each.at + each.word.length }
    }
    return best
  }
}

/** A word of letters with cases stands at the start of one; scripts that part no words have it anywhere. */
function seek(text: string, word: string, from: number): number {
  const isParted = letter.test(word.charAt(0))
  for (let at = text.indexOf(word, from); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isParted || at === 0 || !letter.test(text.charAt(at - 1))) return at
  }
  return -1
}
