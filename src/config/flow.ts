import { addMember, endOfLine, moveTo, type Cursor, type Place } from './place.ts'

/** The places in YAML's flow form, `{a: [1, 2]}`, which JSON is too, and in quoted text. Both may span lines. */

/** Moves the cursor from a bracket or quote behind the one that closes it. */
export function readFlow(cursor: Cursor, place: Place): void {
  const first = cursor.text[cursor.at]
  if (first === '{') return readMap(cursor, place)
  if (first === '[') return readList(cursor, place)
  readScalar(cursor)
}

function readMap(cursor: Cursor, place: Place): void {
  moveTo(cursor, cursor.at + 1)
  while (!isClosed(cursor, '}')) {
    const line = cursor.line
    const key = readScalar(cursor)
    skipBlank(cursor)
    if (cursor.text[cursor.at] === ':') {
      moveTo(cursor, cursor.at + 1)
      skipBlank(cursor)
      readMember(cursor, key === '<<' ? null : addMember(place, key, line))
    }
    skipComma(cursor)
  }
}

function readList(cursor: Cursor, place: Place): void {
  moveTo(cursor, cursor.at + 1)
  for (let index = 0; !isClosed(cursor, ']'); index++) {
    const item = addMember(place, String(index), cursor.line)
    const line = cursor.line
    const key = readMember(cursor, item)
    skipBlank(cursor)
    if (cursor.text[cursor.at] === ':') {
      // `[a: b]` is a list of one map.
      moveTo(cursor, cursor.at + 1)
      skipBlank(cursor)
      readMember(cursor, addMember(item, key, line))
    }
    skipComma(cursor)
  }
}

/** A value; the text of it if it is a scalar, since it may turn out to be a key. A null place is not kept. */
function readMember(cursor: Cursor, place: Place | null): string {
  skipProperties(cursor)
  const first = cursor.text[cursor.at]
  if (first !== '{' && first !== '[') return readScalar(cursor)
  readFlow(cursor, place ?? { line: cursor.line, members: new Map(), repeated: [] })
  return ''
}

function readScalar(cursor: Cursor): string {
  const quoted = quotedAt(cursor.text, cursor.at)
  if (quoted !== null) {
    moveTo(cursor, cursor.at + quoted.length)
    return quoted.value
  }
  // Plain: up to a mark of the flow, a comment, or the colon that makes it a key.
  const plain = /(?:[^,[\]{}:#\n]|:(?![\s,[\]{}]|$)|(?<!\s)#)*/y
  plain.lastIndex = cursor.at
  const found = plain.exec(cursor.text)?.[0] ?? ''
  moveTo(cursor, cursor.at + found.length)
  return found.trim()
}

/** Quoted text at an offset, and how long it is with its quotes. */
export function quotedAt(text: string, at: number): { value: string; length: number } | null {
  const form = text[at] === '"' ? /"((?:[^"\\]|\\[^])*)"/y : /'((?:[^']|'')*)'/y
  form.lastIndex = at
  const found = form.exec(text)
  if (found === null) return null
  const inside = found[1] ?? ''
  const value = text[at] === '"' ? unescape(inside) : inside.replaceAll("''", "'")
  return { value, length: found[0].length }
}

/** JSON's escapes are YAML's, but for a few that no key of ours needs: those stay as written. */
function unescape(inside: string): string {
  try {
    return String(JSON.parse(`"${inside}"`))
  } catch (error) {
    if (error instanceof SyntaxError) return inside
    throw error
  }
}

/** An anchor or a tag before a value: `&name`, `!tag`. */
function skipProperties(cursor: Cursor): void {
  while (/[&!]/.test(cursor.text[cursor.at] ?? '')) {
    const length = cursor.text.slice(cursor.at, endOfLine(cursor.text, cursor.at)).search(/[\s,\]}]|$/)
    moveTo(cursor, cursor.at + length)
    skipBlank(cursor)
  }
}

function skipComma(cursor: Cursor): void {
  skipBlank(cursor)
  const at = cursor.at
  if (cursor.text[at] === ',') return moveTo(cursor, at + 1)
  // Nothing here that this reader knows: step over it, so that it always comes to an end.
  if (!/[\]}]/.test(cursor.text[at] ?? '')) moveTo(cursor, at + 1)
}

/** Whether the closing bracket is here, or the text over; then the cursor is behind it. */
function isClosed(cursor: Cursor, bracket: '}' | ']'): boolean {
  skipBlank(cursor)
  const here = cursor.text[cursor.at]
  if (here === undefined) return true
  if (here !== '}' && here !== ']') return false
  if (here !== bracket && bracket === '}') return true
  moveTo(cursor, cursor.at + 1)
  return true
}

function skipBlank(cursor: Cursor): void {
  for (;;) {
    const here = cursor.text[cursor.at]
    if (here === undefined || !/[\s#]/.test(here)) return
    moveTo(cursor, here === '#' ? endOfLine(cursor.text, cursor.at) : cursor.at + 1)
  }
}
