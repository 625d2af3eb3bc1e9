import { classEscape, readClass, setOf, spaceSet } from './class.ts'
import { readGroup } from './group.ts'
import { wordSet, type Flags, type Node } from './node.ts'
import { refuseRegex } from './refuse.ts'

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

export function readChoice(cursor: Cursor): Node {
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

export function backTo(cursor: Cursor, index: number): Node {
  if (index > cursor.groups) refuseRegex(`invalid group reference ${index}`)
  return { kind: 'back', index, fold: cursor.flags.ignoreCase }
}
