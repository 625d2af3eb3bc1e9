import { wordSet, type Flags, type Node } from './node.ts'
import { took, type Cursor } from './parse.ts'
import { refuseRegex } from './refuse.ts'

/** Character classes of Python, written as JavaScript's with the flag `v`: what is a digit is Unicode's to say. */
const space = String.raw`\t\n\v\f\r\u{1c}-\u{20}\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}`
export const spaceSet = `[${space}]`
const classes: Readonly<Record<string, () => string>> = {
  d: () => String.raw`\p{Nd}`,
  D: () => String.raw`\P{Nd}`,
  w: () => String.raw`\p{L}\p{N}_`,
  W: () => (notWord ??= rangesWithout(new RegExp(wordSet, 'v'))),
  s: () => space,
  S: () => (notSpace ??= rangesWithout(new RegExp(spaceSet, 'v'))),
}

// Written out, because a complement within a class takes JavaScriptCore 40 to 100 ms to compile, and a list of its
// 750 ranges one.
let notWord: string | undefined
let notSpace: string | undefined

function rangesWithout(set: RegExp): string {
  const ranges: string[] = []
  let start = -1
  for (let point = 0; point <= 0x110000; point++) {
    const isIn = point < 0x110000 && !set.test(String.fromCodePoint(point))
    if (isIn && start === -1) start = point
    if (!isIn && start !== -1) {
      ranges.push(`${pointOf(start)}-${pointOf(point - 1)}`)
      start = -1
    }
  }
  return ranges.join('')
}

const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 }

export function setOf(source: string, flags: Flags): Node {
  return { kind: 'set', source, fold: flags.ignoreCase }
}

/** What follows a backslash, as part of a class. The cursor stands behind the backslash. */
export function classEscape(cursor: Cursor): string {
  const letter = cursor.text[cursor.at] ?? ''
  const category = Object.hasOwn(classes, letter) ? classes[letter]?.() : undefined
  if (category === undefined) return pointOf(escapedPoint(cursor))
  cursor.at++
  return category
}

function pointOf(point: number): string {
  return `\\u{${point.toString(16)}}`
}

function escapedPoint(cursor: Cursor): number {
  const { text } = cursor
  const point = text.codePointAt(cursor.at)
  if (point === undefined) return refuseRegex('bad escape (end of pattern)')
  const letter = String.fromCodePoint(point)
  if (Object.hasOwn(controls, letter)) {
    cursor.at++
    return controls[letter] ?? 0
  }
  const coded = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|0([0-7]{0,2})|([0-3][0-7]{2})/y
  coded.lastIndex = cursor.at
  const match = coded.exec(text)
  if (match !== null) {
    cursor.at = coded.lastIndex
    const hex = match[1] ?? match[2] ?? match[3]
    const value =
      hex === undefined ? Number.parseInt(match[4] || match[5] || '0', 8) : Number.parseInt(hex, 16)
    return value <= 0x10ffff ? value : refuseRegex(`bad escape \\${match[0]}`)
  }
  if (/[A-Za-z0-9]/.test(letter)) return refuseRegex(`bad escape \\${letter}`)
  cursor.at += letter.length
  return point
}

/** `[...]`; the cursor stands behind the bracket. */
export function readClass(cursor: Cursor): Node {
  const isNegated = took(cursor, '^')
  const parts: string[] = []
  for (let isFirst = true; ; isFirst = false) {
    if (cursor.at >= cursor.text.length) return refuseRegex('unterminated character set')
    if (!isFirst && took(cursor, ']')) break
    const low = readMember(cursor)
    const isRange = cursor.text[cursor.at] === '-' && ![']', undefined].includes(cursor.text[cursor.at + 1])
    if (!isRange) {
      parts.push(typeof low === 'number' ? pointOf(low) : low)
      continue
    }
    cursor.at++
    const high = readMember(cursor)
    if (typeof low !== 'number' || typeof high !== 'number' || high < low)
      return refuseRegex('bad character range')
    parts.push(`${pointOf(low)}-${pointOf(high)}`)
  }
  return setOf(`[${isNegated ? '^' : ''}${parts.join('')}]`, cursor.flags)
}

/** A character's number, or a category. */
function readMember(cursor: Cursor): number | string {
  if (took(cursor, '\\')) {
    const letter = cursor.text[cursor.at] ?? ''
    if (Object.hasOwn(classes, letter)) return classEscape(cursor)
    if (letter === 'b') {
      cursor.at++
      return 8
    }
    return escapedPoint(cursor)
  }
  const point = cursor.text.codePointAt(cursor.at) ?? 0
  cursor.at += String.fromCodePoint(point).length
  return point
}
