import { dedent } from './source.ts'

/**
 * Text to tokens. Layout is told by each token: whether it is the first of its line, and how far that line is
 * indented; comments and blank lines leave no trace. No words are reserved here: the parser knows where they count.
 */
export type Token = {
  readonly kind: 'word' | 'number' | 'string' | 'mark' | 'value-type' | 'end'
  /** As written; for a string its content, for a value type its name. */
  readonly text: string
  readonly at: number
  readonly end: number
  readonly isFirst: boolean
  readonly indent: number
  readonly prefix: '' | 'r' | 'f'
}

export type Scanned = { readonly tokens: readonly Token[]; readonly problem: Found | null }

export type Found = { readonly at: number; readonly message: string }

const word = /[A-Za-z_][A-Za-z0-9_]*/y
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const mark = /:=|->|~>|==|!=|<=|>=|\*\*|[-+*/%<>=:.,()[\]{}]/y
const valueType = /<([A-Za-z_:]+)>/y
const multiline = /([rf]?)("""|''')/y
const blank = /[ \t\f]*/y

export function scan(text: string): Scanned {
  const tokens: Token[] = []
  let at = 0
  let isFirst = true
  let indent = 0
  const add = (kind: Token['kind'], content: string, end: number, prefix: Token['prefix'] = ''): void => {
    tokens.push({ kind, text: content, at, end, isFirst, indent, prefix })
    isFirst = false
    at = end
  }
  const problem = (message: string): Scanned => {
    const found = { at, message }
    add('end', '', at)
    return { tokens, problem: found }
  }
  for (;;) {
    blank.lastIndex = at
    const start = at
    at += blank.exec(text)?.[0].length ?? 0
    if (isFirst && (start === 0 || text[start - 1] === '\n')) indent = at - start
    if (at >= text.length) break
    const letter = text[at]
    if (letter === '\n') {
      at++
      isFirst = true
    } else if (letter === '#') {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else {
      const read = next(text, at, tokens.at(-1))
      if ('message' in read) return problem(read.message)
      add(read.kind, read.content, read.end, read.prefix)
    }
  }
  isFirst = true
  indent = 0
  add('end', '', at)
  return { tokens, problem: null }
}

type Next = {
  readonly kind: Token['kind']
  readonly content: string
  readonly end: number
  readonly prefix: Token['prefix']
}

function next(text: string, at: number, before: Token | undefined): Next | { readonly message: string } {
  const letter = text[at] ?? ''
  const isQuoted = letter === '"' || letter === "'" || /[rf]["']/y.test(text.slice(at, at + 2))
  if (isQuoted) return readString(text, at)
  const plain = (kind: Token['kind'], pattern: RegExp): Next | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) return undefined
    return { kind, content: match[1] ?? match[0], end: pattern.lastIndex, prefix: '' }
  }
  const read =
    plain('word', word) ??
    (isAfterValue(before) ? plain('mark', /\.(?=\d)/y) : undefined) ??
    plain('number', number) ??
    (isAfterValue(before) ? undefined : plain('value-type', valueType)) ??
    plain('mark', mark)
  return (
    read ?? {
      message: `unexpected character ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}`,
    }
  )
}

/** `a<b>c` compares, `{k: <NAME>}` names a type; `a.5` is no number. */
function isAfterValue(before: Token | undefined): boolean {
  if (before === undefined) return false
  if (before.kind === 'word')
    return !['in', 'is', 'and', 'or', 'not', 'contains_only', 'if', 'else'].includes(before.text)
  return before.kind === 'mark' ? [')', ']', '}'].includes(before.text) : before.kind !== 'end'
}

function readString(text: string, at: number): Next | { readonly message: string } {
  multiline.lastIndex = at
  const open = multiline.exec(text)
  if (open !== null) {
    const start = multiline.lastIndex
    const end = closing(text, start, open[2] ?? '')
    if (end === -1) return { message: 'this string is never closed' }
    return {
      kind: 'string',
      content: dedent(text.slice(start, end)),
      end: end + 3,
      prefix: toPrefix(open[1]),
    }
  }
  const prefix = text[at] === 'r' || text[at] === 'f' ? text[at] : ''
  const start = at + (prefix === '' ? 0 : 1)
  const quote = text[start] ?? ''
  const end = closing(text, start + 1, quote)
  const line = text.indexOf('\n', at)
  if (end === -1 || (line !== -1 && line < end)) return { message: 'this string is not closed on its line' }
  // Escapes are kept as they are, regular expressions rely on it; only the delimiter loses its backslash.
  const content = text.slice(start + 1, end).replaceAll(`\\${quote}`, quote)
  return { kind: 'string', content, end: end + 1, prefix: toPrefix(prefix) }
}

function closing(text: string, start: number, quotes: string): number {
  for (let end = text.indexOf(quotes, start); end !== -1; end = text.indexOf(quotes, end + 1)) {
    let backslashes = 0
    while (text[end - 1 - backslashes] === '\\' && end - 1 - backslashes >= start) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return -1
}

function toPrefix(text: string | undefined): Token['prefix'] {
  return text === 'r' || text === 'f' ? text : ''
}
