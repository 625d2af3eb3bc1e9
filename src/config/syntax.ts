import { quotedAt } from './flow.ts'
import { endOfLine } from './place.ts'

/**
 * The line where a YAML text stops being YAML. Bun's parser does not tell it, so the text is given to it once
 * more, line by line less, until it takes the rest: the trouble begins in the line after that.
 */
export function faultyLine(text: string): number {
  const lines = text.split('\n')
  // A text in brackets is never whole before its end: what is open has to be closed first.
  const isFlow = /^\s*[[{]/.test(text)
  for (let count = lines.length - 1; count > 0; count--) {
    const before = lines.slice(0, count).join('\n')
    if (parses(isFlow ? before + closers(before) : before)) return nextFilled(lines, count)
  }
  return nextFilled(lines, 0)
}

/** What the parser says, without the preface that every message of it has. */
export function faultMessage(error: SyntaxError): string {
  const message = error.message.replace(/^YAML Parse error: /, '')
  return `is no YAML here: ${message.charAt(0).toLowerCase()}${message.slice(1)}`
}

function parses(text: string): boolean {
  try {
    Bun.YAML.parse(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Counted from 1: the first line with something on it, from the one at this index on. */
function nextFilled(lines: readonly string[], index: number): number {
  const filled = lines.findIndex((line, at) => at >= index && /^\s*[^\s#]/.test(line))
  return (filled === -1 ? index : filled) + 1
}

/** The brackets that close what is open at a text's end. */
function closers(text: string): string {
  const open: string[] = []
  for (let at = 0; at < text.length; at++) {
    const here = text[at] ?? ''
    if (here === '{') open.push('}')
    else if (here === '[') open.push(']')
    else if (here === '}' || here === ']') open.pop()
    else if (here === '#') at = endOfLine(text, at)
    else if (here === '"' || here === "'") at += (quotedAt(text, at)?.length ?? 1) - 1
  }
  return '\n' + open.reverse().join('')
}
