import { wordSet, type Assertion } from './node.ts'

/** Where a place in a text stands: between words, at an end, behind so many characters. */
export function backFrom(text: string, at: number, width: number): number {
  let start = at
  for (let count = 0; count < width; count++) {
    start--
    const isLow = start > 0 && (text.codePointAt(start - 1) ?? 0) > 0xffff
    if (isLow) start--
    if (start < 0) return -1
  }
  return start
}

const wordCharacter = new RegExp(`^${wordSet}$`, 'v')

export function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'start':
      return at === 0
    case 'line-start':
      return at === 0 || text[at - 1] === '\n'
    case 'end':
      return at === text.length || (at === text.length - 1 && text[at] === '\n')
    case 'line-end':
      return at === text.length || text[at] === '\n'
    case 'text-end':
      return at === text.length
    case 'word':
      return isWord(text, at - 1) !== isWord(text, at)
    case 'not-word':
      return text !== '' && isWord(text, at - 1) === isWord(text, at)
  }
}

function isWord(text: string, at: number): boolean {
  const point = at < 0 ? undefined : text.codePointAt(at)
  if (point === undefined) return false
  const isSecond = point >= 0xdc00 && point < 0xe000 && (text.codePointAt(at - 1) ?? 0) > 0xffff
  return wordCharacter.test(String.fromCodePoint(isSecond ? (text.codePointAt(at - 1) ?? 0) : point))
}
