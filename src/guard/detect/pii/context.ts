/**
 * Context words, as Presidio counts them: one within the few words before a finding adds to its score. Findings come
 * in the order of the text, so that each word is sought once through the text, however many findings there are.
 */
const boost = 0.35
const leastBoosted = 0.4
const wordsBefore = 8
const charactersBefore = 100

export function boosted(score: number): number {
  return Math.min(1, Math.max(score + boost, leastBoosted))
}

/** Of the same length as the text: a dotted capital I is the one letter that grows. */
export function lowered(text: string): string {
  return text.replaceAll('\u0130', 'i').toLowerCase()
}

/** Tells of ascending places whether one of the words stands shortly before. */
export function createContext(lower: string, words: readonly string[]): (start: number) => boolean {
  const seen = words.map((word) => ({ word, last: -1, next: lower.indexOf(word) }))
  return (start) => {
    let last = -1
    for (const sought of seen) {
      while (sought.next !== -1 && sought.next + sought.word.length <= start) {
        sought.last = sought.next
        sought.next = lower.indexOf(sought.word, sought.next + 1)
      }
      last = Math.max(last, sought.last)
    }
    return last !== -1 && last >= start - charactersBefore && last >= windowBefore(lower, start)
  }
}

/** Where the words begin that count as shortly before. */
function windowBefore(lower: string, start: number): number {
  const first = Math.max(0, start - charactersBefore)
  let [words, isWithin] = [0, false]
  for (let at = start - 1; at >= first; at--) {
    const isSpace = lower.charCodeAt(at) <= 0x20
    if (!isSpace && !isWithin && ++words > wordsBefore) return at + 1
    isWithin = !isSpace
  }
  return first
}
