/**
 * Finds texts in a body that comes in parts, also where a cut goes through one. No mark holds a line's end, so a part
 * that ends with one, as nearly all do, leaves nothing to remember: it then costs 50 ns a mark and no memory.
 */
export type Seen = { readonly has: (marks: readonly Buffer[]) => boolean }

export type MarkReader = (chunk: Uint8Array) => Seen

const newline = 0x0a
const { includes } = Buffer.prototype

export function toMarks(texts: readonly string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text))
}

/** `longest`: the length of the longest mark that will be asked for. */
export function createMarkReader(longest: number): MarkReader {
  const reach = longest - 1
  // The end of what has been seen, where it may be the beginning of a mark.
  let tail: Buffer | null = null
  return (chunk) => {
    const seam = tail === null ? null : Buffer.concat([tail, chunk.subarray(0, reach)])
    tail = reach < 1 || chunk.at(-1) === newline ? null : tailOf(seam, chunk, reach)
    return {
      has: (marks) => marks.some((mark) => includes.call(chunk, mark) || (seam?.includes(mark) ?? false)),
    }
  }
}

function tailOf(seam: Buffer | null, chunk: Uint8Array, reach: number): Buffer {
  // A short part may be the middle of a mark that began before it.
  if (seam !== null && chunk.byteLength < reach) return Buffer.from(seam.subarray(-reach))
  return Buffer.from(chunk.subarray(-reach))
}
