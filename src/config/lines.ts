import { quotedAt, readFlow } from './flow.ts'
import { addMember, createPlace, endOfLine, moveTo, type Cursor, type Place } from './place.ts'

/**
 * Where in a YAML text each key stands, because Bun's parser tells values only. It reads texts that the parser
 * has accepted, so it follows indentation and marks without checking them; what it cannot follow (aliases, merge
 * keys, `? key`) has the place of the nearest key around it.
 */

/** A map or list in block form; `open` is the member that deeper lines belong to. */
type Level = {
  readonly kind: 'map' | 'list'
  readonly indent: number
  readonly place: Place
  open: Place
  count: number
}

type Reader = {
  readonly cursor: Cursor
  readonly root: Place
  readonly levels: Level[]
  /** Lines indented deeper than this are the rest of a scalar that began before. */
  scalarIndent: number
}

/** Whose value comes next, and how deep its key or dash stands. */
type Owner = { readonly indent: number; readonly place: Place }

export function findPlaces(text: string): Place {
  const root = createPlace(1)
  const reader: Reader = {
    cursor: { text, at: 0, line: 1 },
    root,
    levels: [],
    scalarIndent: Infinity,
  }
  while (reader.cursor.at < text.length) {
    readLine(reader)
    moveTo(reader.cursor, endOfLine(text, reader.cursor.at) + 1)
  }
  return root
}

function readLine(reader: Reader): void {
  const { cursor } = reader
  const content = cursor.text.slice(cursor.at, endOfLine(cursor.text, cursor.at))
  const indent = content.search(/\S/)
  if (indent === -1 || indent > reader.scalarIndent) return
  if (content[indent] === '#' || /^(---|\.\.\.|%)/.test(content)) return
  reader.scalarIndent = Infinity
  moveTo(cursor, cursor.at + indent)
  readEntry(reader, indent, ownerAt(reader, indent))
}

/** A dash, a key or a plain value, and what stands behind it in its line. */
function readEntry(reader: Reader, indent: number, owner: Owner): void {
  const { cursor } = reader
  const rest = cursor.text.slice(cursor.at, endOfLine(cursor.text, cursor.at))
  if (/^-(\s|$)/.test(rest)) return readItem(reader, indent, rest)
  const key = keyOf(rest)
  if (key === null) return readValue(reader, owner)
  const level = levelAt(reader, 'map', indent)
  level.open = key.name === '<<' ? createPlace(cursor.line) : addMember(level.place, key.name, cursor.line)
  moveTo(cursor, cursor.at + key.length)
  readValue(reader, { indent, place: level.open })
}

function readItem(reader: Reader, indent: number, rest: string): void {
  const level = levelAt(reader, 'list', indent)
  level.open = addMember(level.place, String(level.count), reader.cursor.line)
  level.count++
  const inset = rest.slice(1).search(/\S/) + 1
  if (inset === 0 || rest[inset] === '#') return
  moveTo(reader.cursor, reader.cursor.at + inset)
  readEntry(reader, indent + inset, { indent, place: level.open })
}

function readValue(reader: Reader, owner: Owner): void {
  const { cursor } = reader
  const rest = cursor.text.slice(cursor.at, endOfLine(cursor.text, cursor.at))
  // Behind an anchor or a tag, `&name` or `!tag`.
  const start = /^(?:\s*[&!]\S*)*\s*/.exec(rest)?.[0].length ?? 0
  const first = rest[start]
  if (first === undefined || first === '#') return
  if (/[{["']/.test(first)) {
    moveTo(cursor, cursor.at + start)
    return readFlow(cursor, owner.place)
  }
  // A block scalar, or a plain one, which may go on in deeper lines.
  reader.scalarIndent = owner.indent
}

/** `name:` at the begin of a text, quoted or not, with its length up to behind the colon. */
function keyOf(text: string): { name: string; length: number } | null {
  const quoted = quotedAt(text, 0)
  if (quoted !== null) {
    const colon = /^\s*:(?=\s|$)/.exec(text.slice(quoted.length))
    return colon === null ? null : { name: quoted.value, length: quoted.length + colon[0].length }
  }
  const plain = /^((?![[{"'|>])(?:[^:#]|:(?!\s|$)|(?<!\s)#)+?)\s*:(?=\s|$)/.exec(text)
  return plain === null ? null : { name: plain[1] ?? '', length: plain[0].length }
}

/** Whose value a line at this indentation is, if it is neither dash nor key. */
function ownerAt(reader: Reader, indent: number): Owner {
  const level = reader.levels.findLast((candidate) => candidate.indent < indent)
  return level === undefined
    ? { indent: -1, place: reader.root }
    : { indent: level.indent, place: level.open }
}

/** The level that a dash or a key at this indentation belongs to; deeper ones are over. */
function levelAt(reader: Reader, kind: Level['kind'], indent: number): Level {
  const { levels } = reader
  for (let last = levels.at(-1); last !== undefined && isOver(last, kind, indent); last = levels.at(-1)) {
    levels.pop()
  }
  const last = levels.at(-1)
  if (last !== undefined && last.indent === indent && last.kind === kind) return last
  const place = last === undefined ? reader.root : last.open
  const level: Level = { kind, indent, place, open: place, count: 0 }
  levels.push(level)
  return level
}

/** A list may stand as deep as the key that it belongs to: it is over when a key follows at that depth. */
function isOver(level: Level, kind: Level['kind'], indent: number): boolean {
  if (level.indent !== indent) return level.indent > indent
  return level.kind === 'list' && kind === 'map'
}
