import { isObject, objectsAt, stringEnd } from './json.ts'

/**
 * Values of a JSON text as they were written: a number keeps its digits, a string its escapes. For texts that a parser
 * has taken; of any other it gives what it finds, or nothing. One pass over the text each, whatever is in it.
 */

/** The value of a member; empty if there is none. Of repeated members the last counts, as in every parser. */
export function rawMember(text: string, key: string): string {
  let found = ''
  let name: string | undefined
  for (const value of valuesOf(text, '{')) {
    if (name === undefined) {
      name = nameOf(value)
      continue
    }
    if (name === key) found = value
    name = undefined
  }
  return found
}

/** The elements of a list; none if it is no list. */
export function rawElements(text: string): string[] {
  return [...valuesOf(text, '[')]
}

/** The values of a member in each object of a list that has one which is a filled object, by place in the list. */
export function rawObjects(list: string, key: string): Map<number, string> {
  const found = new Map<number, string>()
  for (const [place, element] of rawElements(list).entries()) {
    const raw = rawMember(element, key)
    if (isFilled(raw)) found.set(place, raw)
  }
  return found
}

/** Whether it is an object with something in it. */
export function isFilled(raw: string): boolean {
  return raw.startsWith('{') && !/^\{\s*\}$/.test(raw)
}

/** Whether any object of a list has this member as an object: a look that spares one into the text. */
export function hasObject(list: unknown, key: string): boolean {
  return objectsAt({ list }, 'list').some((element) => isObject(element[key]))
}

/** What stands between the brackets: elements, or names and values by turns. */
function* valuesOf(text: string, bracket: '{' | '['): Generator<string> {
  const start = text.search(/\S/)
  if (text[start] !== bracket) return
  let at = start + 1
  while (at < text.length) {
    between.lastIndex = at
    between.test(text)
    at = between.lastIndex
    const end = valueEnd(text, at)
    if (end === at) return
    yield text.slice(at, end)
    at = end
  }
}

const between = /[\s,:]*/y
const word = /[^\s,:[\]{}"]*/y
const mark = /["[\]{}]/g

function valueEnd(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return stringEnd(text, start) + 1
  if (first !== '{' && first !== '[') {
    word.lastIndex = start
    word.test(text)
    return word.lastIndex
  }
  let depth = 0
  mark.lastIndex = start
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '"') mark.lastIndex = stringEnd(text, found.index) + 1
    else if (found[0] === '{' || found[0] === '[') depth++
    else if (--depth === 0) return mark.lastIndex
  }
  return text.length
}

function nameOf(raw: string): string {
  if (!raw.includes('\\')) return raw.slice(1, -1)
  try {
    return String(JSON.parse(raw))
  } catch {
    return raw
  }
}
