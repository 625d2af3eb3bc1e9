import { readJson, stringEnd } from './json.ts'

/**
 * A JSON text that stopped early, as far as it was told: what is whole is kept, a word or a string half told is
 * left out, what is open is closed. So an answer cut by its token limit still shows the arguments it had.
 */
export function readPartialJson(text: string): unknown {
  const whole = readJson(text)
  if (whole !== undefined) return whole
  const { keep, closers } = measure(text)
  return keep === 0 ? undefined : readJson(text.slice(0, keep) + closers)
}

const word = /[^\s,:[\]{}"]+/y
const literal = /^(?:true|false|null)$/

/** How much of the text stands on its own, and what has to be closed behind it. */
function measure(text: string): { keep: number; closers: string } {
  const open: string[] = []
  let keep = 0
  let mark = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    switch (character) {
      case '{':
      case '[':
        open.push(character === '{' ? '}' : ']')
        mark = character
        break
      case '}':
      case ']':
        open.pop()
        mark = ''
        break
      case ',':
      case ':':
        mark = character
        continue
      case '"': {
        const isKey = open.at(-1) === '}' && mark !== ':'
        at = stringEnd(text, at)
        if (isKey || at === text.length) continue
        break
      }
      default: {
        word.lastIndex = at
        const told = word.exec(text)?.[0] ?? ''
        if (told === '') continue
        at += told.length - 1
        // A number at the very end may have had more digits.
        if (at === text.length - 1 && !literal.test(told)) continue
      }
    }
    keep = at + 1
  }
  return { keep, closers: open.toReversed().join('') }
}
