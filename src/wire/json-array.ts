/**
 * A JSON array that arrives in pieces, told element by element: how Gemini streams without `alt=sse`. Works on
 * bytes, since no byte of a longer character can be mistaken for a quote or a bracket.
 */
export type JsonArrayReader = {
  readonly feed: (bytes: Uint8Array) => void
  /** False if the array never ended, or an element outgrew the bound. */
  readonly finish: () => boolean
}

const quote = 0x22
const backslash = 0x5c

/**
 * `mostBytes` bounds one element: behind a longer one nothing is told any more. `end`: where among the bytes that are
 * being fed the element has its end.
 */
export function createJsonArrayReader(
  onElement: (text: string, end: number) => void,
  mostBytes: number,
): JsonArrayReader {
  let depth = 0
  let isInString = false
  let isEscaped = false
  let isOver = false
  let pieces: Uint8Array[] = []
  let gathered = 0

  function gather(piece: Uint8Array): void {
    gathered += piece.length
    if (gathered > mostBytes) isOver = true
    else if (piece.length > 0) pieces.push(piece)
  }
  function tell(end: number): void {
    const text = new TextDecoder().decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))
    pieces = []
    gathered = 0
    if (text.trim() !== '') onElement(text, end)
  }
  /** What the byte means for the nesting; true if an element ends before it. */
  function isEnd(byte: number): boolean {
    if (isInString) {
      if (isEscaped) isEscaped = false
      else if (byte === backslash) isEscaped = true
      else if (byte === quote) isInString = false
      return false
    }
    switch (byte) {
      case quote:
        isInString = true
        return false
      case 0x5b: // [
      case 0x7b: // {
        depth++
        return depth === 1
      case 0x5d: // ]
      case 0x7d: // }
        depth--
        return depth === 0
      default:
        return byte === 0x2c && depth === 1 // ,
    }
  }
  function feed(bytes: Uint8Array): void {
    let start = 0
    for (let at = 0; at < bytes.length && !isOver; at++) {
      if (!isEnd(bytes[at] ?? 0)) continue
      gather(bytes.subarray(start, at))
      // The bracket that opens the array is an end too: of the nothing before it.
      if (!isOver) tell(at)
      start = at + 1
      isOver ||= depth === 0
    }
    if (!isOver) gather(bytes.subarray(start))
  }
  return { feed, finish: () => depth === 0 && isOver && gathered <= mostBytes }
}
