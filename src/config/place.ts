/** Where a key or a list's item begins in a text, with all that is below it; and a cursor that counts lines. */
export type Place = {
  /** Counted from 1. */
  readonly line: number
  readonly members: Map<string, Place>
  /** Keys that this map has twice: the parser keeps the last one without a word. */
  readonly repeated: { readonly key: string; readonly line: number }[]
}

export function createPlace(line: number): Place {
  return { line, members: new Map(), repeated: [] }
}

export function addMember(place: Place, key: string, line: number): Place {
  const member = createPlace(line)
  if (place.members.has(key)) place.repeated.push({ key, line })
  place.members.set(key, member)
  return member
}

/** The line of a key path; of the nearest key around it where it has none of its own. */
export function lineOf(root: Place, path: readonly string[]): number {
  let place = root
  for (const key of path) {
    const member = place.members.get(key)
    if (member === undefined) return place.line
    place = member
  }
  return place.line
}

export type Cursor = { readonly text: string; at: number; line: number }

export function moveTo(cursor: Cursor, at: number): void {
  const end = Math.min(at, cursor.text.length)
  for (; cursor.at < end; cursor.at++) if (cursor.text[cursor.at] === '\n') cursor.line++
}

/** The offset of the line feed that ends the line at `at`, or of the text's end. */
export function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}
