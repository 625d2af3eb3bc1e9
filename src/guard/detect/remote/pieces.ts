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

/** Not between the halves of a surrogate pair. */
function wholeAt(text: string, at: number): number {
  const [before, after] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  const isWithin = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff
  return isWithin ? at - 1 : at
}

/** From a count of code points to an offset of the string; undefined where the text has no such place. */
export function createOffsets(text: string): (points: number) => number | undefined {
  const isThere = (at: number, most: number): boolean => Number.isInteger(at) && at >= 0 && at <= most
  if (!/[\ud800-\udfff]/.test(text)) return (points) => (isThere(points, text.length) ? points : undefined)
  const offsets: number[] = []
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) offsets.push(at)
  offsets.push(text.length)
  return (points) => (isThere(points, offsets.length - 1) ? offsets[points] : undefined)
}
