/**
 * Parts of a text, with where they begin: models read only so much at once. Offsets are those of the JavaScript
 * string; other languages count code points (`createOffsets`).
 */
export type Piece = { readonly from: number; readonly text: string }

/** Parts that cover the text, none longer than `most`; each begins `overlap` before the end of the one before. */
export function piecesOf(text: string, most: number, overlap: number): Piece[] {
  const pieces: Piece[] = []
  for (let from = 0; ;) {
    const end = endOf(text, from, most)
    pieces.push({ from, text: text.slice(from, end) })
    if (end >= text.length) return pieces
    const next = wholeAt(text, end - overlap)
    from = next > from ? next : end
  }
}

/** Each line (or whatever the separator divides) by itself, long ones in parts. What is blank says nothing. */
export function linesOf(text: string, separator: string, most: number): Piece[] {
  const lines: Piece[] = []
  for (let from = 0; from <= text.length;) {
    const found = separator === '' ? -1 : text.indexOf(separator, from)
    const end = found === -1 ? text.length : found
    lines.push({ from, text: text.slice(from, end) })
    from = end + Math.max(1, separator.length)
  }
  return lines
    .flatMap((line) =>
      piecesOf(line.text, most, 0).map((piece) => ({ from: line.from + piece.from, text: piece.text })),
    )
    .filter((piece) => piece.text.trim() !== '')
}

/** Preferably behind white space in the last quarter, so that no word is cut. */
function endOf(text: string, from: number, most: number): number {
  if (text.length - from <= most) return text.length
  for (let end = from + most; end > from + most * 0.75; end--) {
    if (/\s/.test(text[end - 1] ?? '')) return end
  }
  const end = wholeAt(text, from + most)
  return end > from ? end : from + 2
}

/** The same place, or the one before it where it is between the halves of a character. */
function wholeAt(text: string, at: number): number {
  return isPair(text, at - 1) ? at - 1 : at
}

/** Whether two halves of one character stand there. */
function isPair(text: string, at: number): boolean {
  return isBetween(text.charCodeAt(at), 0xd800, 0xdbff) && isBetween(text.charCodeAt(at + 1), 0xdc00, 0xdfff)
}

function isBetween(code: number, least: number, most: number): boolean {
  return code >= least && code <= most
}

/** From a count of code points to an offset of the string; undefined where the text has no such place. */
export function createOffsets(text: string): (points: number) => number | undefined {
  // Where the characters of two halves are, counted in code points: each moves what comes after it by one.
  const pairs: number[] = []
  for (let at = text.search(/[\ud800-\udbff]/); at !== -1 && at < text.length; at++) {
    if (isPair(text, at)) pairs.push(at++ - pairs.length)
  }
  const length = text.length - pairs.length
  return (points) => {
    if (!Number.isInteger(points) || points < 0 || points > length) return undefined
    return points + countBelow(pairs, points)
  }
}

/** How many of these ascending numbers are smaller. */
function countBelow(numbers: readonly number[], limit: number): number {
  let [least, most] = [0, numbers.length]
  while (least < most) {
    const middle = (least + most) >>> 1
    if ((numbers[middle] ?? limit) < limit) least = middle + 1
    else most = middle
  }
  return least
}
