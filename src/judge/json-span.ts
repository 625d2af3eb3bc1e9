import { stringEnd } from '../conversation/json.ts'
import type { Span } from '../wire/json.ts'

/** Where in a JSON text the value of a pointer stands; null if there is none. For texts that a parser has taken. */
export function spanAt(text: string, pointer: string): Span | null {
  let span = valueAt(text, 0)
  const keys = pointer === '' ? [] : pointer.slice(1).split('/')
  for (const key of keys) {
    const found = memberOf(text, span, key.replaceAll('~1', '/').replaceAll('~0', '~'))
    if (found === null) return null
    span = found
  }
  return span
}

/** Of repeated members the last counts, as in every parser. */
function memberOf(text: string, outer: Span, key: string): Span | null {
  const first = text[outer.start]
  if (first !== '{' && first !== '[') return null
  let found: Span | null = null
  let at = outer.start + 1
  for (let index = 0; ; index++) {
    const start = after(text, at)
    if (start >= outer.end - 1) return found
    const item = valueAt(text, start)
    if (first === '[') {
      if (String(index) === key) return item
      at = item.end
      continue
    }
    const value = valueAt(text, item.end)
    if (nameOf(text.slice(item.start, item.end)) === key) found = value
    at = value.end
  }
}

const between = /[\s,:]*/y

/** Behind white space and the signs between values. */
function after(text: string, at: number): number {
  between.lastIndex = at
  between.test(text)
  return between.lastIndex
}

const mark = /["[\]{}]/g
const word = /[^\s,:[\]{}"]*/y

function valueAt(text: string, from: number): Span {
  const start = after(text, from)
  const first = text[start]
  if (first === '"') return { start, end: stringEnd(text, start) + 1 }
  if (first !== '{' && first !== '[') {
    word.lastIndex = start
    word.test(text)
    return { start, end: word.lastIndex }
  }
  let depth = 0
  mark.lastIndex = start
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '"') mark.lastIndex = stringEnd(text, found.index) + 1
    else if (found[0] === '{' || found[0] === '[') depth++
    else if (--depth === 0) return { start, end: mark.lastIndex }
  }
  return { start, end: text.length }
}

function nameOf(raw: string): string {
  return raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1)
}
