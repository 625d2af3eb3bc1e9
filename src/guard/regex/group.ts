import { widthOf, type Node } from './node.ts'
import { backTo, readChoice, took, type Cursor } from './parse.ts'
import { refuseRegex } from './refuse.ts'

/** What stands in parentheses: captures, references, looks, conditionals and flags. The cursor is behind the `(`. */
export function readGroup(cursor: Cursor): Node | null {
  if (!took(cursor, '?')) return capture(cursor, undefined)
  if (took(cursor, '#')) {
    const end = cursor.text.indexOf(')', cursor.at)
    if (end === -1) refuseRegex('missing ), unterminated comment')
    cursor.at = end + 1
    return null
  }
  if (took(cursor, 'P<')) return capture(cursor, readName(cursor, '>'))
  if (took(cursor, 'P=')) {
    const name = readName(cursor, ')')
    return backTo(cursor, cursor.names.get(name) ?? refuseRegex(`unknown group name ${name}`))
  }
  if (took(cursor, ':')) return inside(cursor)
  if (took(cursor, '>')) return { kind: 'atomic', item: inside(cursor) }
  if (took(cursor, '=')) return { kind: 'look', item: inside(cursor), isAhead: true, isNegated: false }
  if (took(cursor, '!')) return { kind: 'look', item: inside(cursor), isAhead: true, isNegated: true }
  if (took(cursor, '<=')) return behind(cursor, false)
  if (took(cursor, '<!')) return behind(cursor, true)
  if (took(cursor, '(')) return conditional(cursor)
  return readFlags(cursor)
}

function inside(cursor: Cursor): Node {
  const { flags } = cursor
  const item = readChoice(cursor)
  if (!took(cursor, ')')) refuseRegex('missing ), unterminated subpattern')
  cursor.flags = flags
  // `^*` is refused, `(?:^)*` is not.
  return item.kind === 'assert' ? { kind: 'sequence', items: [item] } : item
}

function behind(cursor: Cursor, isNegated: boolean): Node {
  const item = inside(cursor)
  if (widthOf(item) === undefined) refuseRegex('look-behind requires fixed-width pattern')
  return { kind: 'look', item, isAhead: false, isNegated }
}

function capture(cursor: Cursor, name: string | undefined): Node {
  const index = ++cursor.groups
  if (name !== undefined) {
    if (cursor.names.has(name)) refuseRegex(`redefinition of group name ${name}`)
    cursor.names.set(name, index)
  }
  return { kind: 'group', item: inside(cursor), index }
}

function readName(cursor: Cursor, end: string): string {
  const close = cursor.text.indexOf(end, cursor.at)
  if (close === -1) refuseRegex(`missing ${end}, unterminated name`)
  const name = cursor.text.slice(cursor.at, close)
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
    refuseRegex(`bad character in group name ${JSON.stringify(name)}`)
  cursor.at = close + 1
  return name
}

function conditional(cursor: Cursor): Node {
  const close = cursor.text.indexOf(')', cursor.at)
  const name = cursor.text.slice(cursor.at, close === -1 ? undefined : close)
  const index = /^\d+$/.test(name) ? Number(name) : cursor.names.get(name)
  if (close === -1 || index === undefined || index > cursor.groups) refuseRegex(`unknown group ${name}`)
  cursor.at = close + 1
  const item = inside(cursor)
  const options = item.kind === 'choice' ? item.options : [item]
  if (options.length > 2) refuseRegex('conditional backref with more than two branches')
  const empty: Node = { kind: 'sequence', items: [] }
  return { kind: 'if', index: index ?? 0, yes: options[0] ?? empty, no: options[1] ?? empty }
}

const letters = { i: 'ignoreCase', m: 'multiline', s: 'dotAll', x: 'verbose' } as const

/** `(?im)` for all that follows, at the start only; `(?i-s:...)` for a group. */
function readFlags(cursor: Cursor): Node | null {
  const match = /([aimsux]*)(?:-([imsx]+))?([:)])/y
  match.lastIndex = cursor.at
  const read = match.exec(cursor.text)
  if (read === null) return refuseRegex(`unknown extension at position ${cursor.at}`)
  const isGlobal = read[3] === ')'
  if (isGlobal && !/^(?:\(\?[aimsux]+\))*\(\?$/.test(cursor.text.slice(0, cursor.at))) {
    refuseRegex('global flags not at the start of the expression')
  }
  cursor.at = match.lastIndex
  const before = cursor.flags
  const flags = { ...before }
  for (const [letter, name] of Object.entries(letters)) {
    if (read[1]?.includes(letter)) flags[name] = true
    if (read[2]?.includes(letter)) flags[name] = false
  }
  cursor.flags = flags
  if (isGlobal) return null
  const item = inside(cursor)
  cursor.flags = before
  return item
}
