import { classEscape, readClass, setOf, spaceSet } from './class.ts'
import { refuseRegex } from './refuse.ts'
import { widthOf, wordSet, type Flags, type Node } from './node.ts'

/** Python's `re` syntax to a tree. Throws what `refusedRegex` recognises. */
export type Cursor = {
  readonly text: string
  at: number
  flags: Flags
  groups: number
  readonly names: Map<string, number>
  depth: number
}

const mostDepth = 100

export function parseRegex(text: string, flags: Flags): { readonly node: Node; readonly groups: number } {
  const cursor: Cursor = { text, at: 0, flags, groups: 0, names: new Map(), depth: 0 }
  const node = readChoice(cursor)
  if (cursor.at < text.length) refuseRegex(`unbalanced parenthesis at position ${cursor.at}`)
  return { node, groups: cursor.groups }
}

function readChoice(cursor: Cursor): Node {
  if (cursor.depth++ > mostDepth) refuseRegex('nested too deeply')
  const options = [readSequence(cursor)]
  while (took(cursor, '|')) options.push(readSequence(cursor))
  cursor.depth--
  const [only] = options
  return options.length === 1 && only !== undefined ? only : { kind: 'choice', options }
}

export function took(cursor: Cursor, text: string): boolean {
  if (!cursor.text.startsWith(text, cursor.at)) return false
  cursor.at += text.length
  return true
}

function readSequence(cursor: Cursor): Node {
  const items: Node[] = []
  for (;;) {
    if (cursor.flags.verbose) skipComments(cursor)
    const next = cursor.text[cursor.at]
    if (next === undefined || next === '|' || next === ')') break
    const item = readItem(cursor)
    if (item !== null) items.push(readRepeats(cursor, item))
  }
  const [only] = items
  return items.length === 1 && only !== undefined ? only : { kind: 'sequence', items }
}

function skipComments(cursor: Cursor): void {
  const match = /(?:[ \t\n\r\f\v]|#[^\n]*)*/y
  match.lastIndex = cursor.at
  cursor.at += match.exec(cursor.text)?.[0].length ?? 0
}

function readRepeats(cursor: Cursor, item: Node): Node {
  if (cursor.flags.verbose) skipComments(cursor)
  const count = /[*+?]|\{(\d*)(,?)(\d*)\}/y
  count.lastIndex = cursor.at
  const match = count.exec(cursor.text)
  if (match === null || match[0] === '{}' || match[0] === '{,}') return item
  cursor.at = count.lastIndex
  const [whole, low = '', comma = '', high = ''] = match
  const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[whole]
  const min = simple?.[0] ?? Number(low || 0)
  const max = simple?.[1] ?? (comma === '' ? min : high === '' ? Infinity : Number(high))
  if (max < min) refuseRegex('min repeat greater than max repeat')
  if (min > 65_535 || (max !== Infinity && max > 65_535)) refuseRegex('the repetition number is too large')
  if (item.kind === 'assert') refuseRegex('nothing to repeat')
  const mode = took(cursor, '?') ? 'lazy' : took(cursor, '+') ? 'possessive' : 'greedy'
  if (/[*+?]|\{\d+(,\d*)?\}|\{,\d+\}/y.test(cursor.text.slice(cursor.at, cursor.at + 12)))
    refuseRegex('multiple repeat')
  return { kind: 'repeat', item, min, max, mode }
}

function readItem(cursor: Cursor): Node | null {
  const { flags } = cursor
  const letter = String.fromCodePoint(cursor.text.codePointAt(cursor.at) ?? 0)
  cursor.at += letter.length
  switch (letter) {
    case '.':
      return setOf(flags.dotAll ? String.raw`[\s\S]` : String.raw`[^\n]`, flags)
    case '^':
      return { kind: 'assert', at: flags.multiline ? 'line-start' : 'start' }
    case '$':
      return { kind: 'assert', at: flags.multiline ? 'line-end' : 'end' }
    case '[':
      return readClass(cursor)
    case '(':
      return readGroup(cursor)
    case '\\':
      return readEscape(cursor)
    case '*':
    case '+':
    case '?':
      return refuseRegex(`nothing to repeat at position ${cursor.at - 1}`)
    default:
      return setOf(literal(letter), flags)
  }
}

export function literal(letter: string): string {
  return `[\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}]`
}

function readEscape(cursor: Cursor): Node {
  const { flags } = cursor
  const letter = cursor.text[cursor.at]
  if (letter === undefined) return refuseRegex('bad escape (end of pattern)')
  const asserted = { A: 'start', Z: 'text-end', z: 'text-end', b: 'word', B: 'not-word' } as const
  if (letter in asserted) {
    cursor.at++
    const at = asserted[letter === 'A' ? 'A' : letter === 'b' ? 'b' : letter === 'B' ? 'B' : 'Z']
    return { kind: 'assert', at }
  }
  const number = /[1-9]\d?(?!\d)|[1-9](?=\d)/y
  number.lastIndex = cursor.at
  const match = number.exec(cursor.text)
  if (match !== null && !/^[0-3][0-7]{2}/.test(cursor.text.slice(cursor.at))) {
    cursor.at = number.lastIndex
    return backTo(cursor, Number(match[0]))
  }
  const complement = letter === 'W' ? wordSet : letter === 'S' ? spaceSet : undefined
  if (complement === undefined) return setOf(`[${classEscape(cursor)}]`, flags)
  cursor.at++
  return setOf(complement.replace('[', '[^'), flags)
}

function backTo(cursor: Cursor, index: number): Node {
  if (index > cursor.groups) refuseRegex(`invalid group reference ${index}`)
  return { kind: 'back', index, fold: cursor.flags.ignoreCase }
}

function readGroup(cursor: Cursor): Node | null {
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
  return item
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
