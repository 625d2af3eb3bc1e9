/**
 * What Python 3 has and Lezer's grammar of it lacks, rewritten to what says the same. Found by comparing with
 * CPython's own parser over its library (docs/decisions/0015): without this one file in sixteen would be taken for
 * broken, and whoever wants to hide an import would only have to write `1.`.
 */
export type Prepared = {
  readonly code: string
  readonly toSource: (text: string) => string
  /** Where a string begins that does not end, which Lezer would take as it is; -1 if all of them do. */
  readonly openAt: number
  /** Signs and words of the longest statement. */
  readonly longest: number
}

/** A word of its own to Lezer, from Python 2, and a name like any other since. */
const [print, otherPrint] = ['print', 'pr\u00efnt']

/** What a decorator of any form is handed to, so that it stands where Lezer takes any expression. */
const decorator = 'd\u00e9corator'

type State = {
  readonly code: string
  readonly edits: string[]
  /** Up to where the edits have what is written. */
  written: number
  readonly brackets: string[]
  /** The headers that are open, each with the brackets around it. */
  readonly headers: { readonly word: string; readonly depth: number }[]
  /** The last sign or word, blanks and comments left out. */
  last: string
  lastAt: number
  lastEnd: number
  isLineStart: boolean
}

const token =
  /[ \t\f\r]+|\\\r?\n|\n|#[^\n]*|[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|\d[\w.]*|"""|'''|"|'|\*\*|->|:=|[^]/y

export function prepare(code: string): Prepared {
  const state: State = {
    code,
    edits: [],
    written: 0,
    brackets: [],
    headers: [],
    last: '',
    lastAt: 0,
    lastEnd: 0,
    isLineStart: true,
  }
  let [openAt, tokens, longest] = [-1, 0, 0]
  for (let at = 0; at < code.length;) {
    token.lastIndex = at
    const [text = ''] = token.exec(code) ?? []
    const isString = /^["']/.test(text)
    const end = isString ? endOfString(code, at, text) : at + text.length
    if (end === -1) openAt = at
    const next = end === -1 ? code.length : end
    if (text === '\n') {
      endLine(state)
      if (state.brackets.length === 0) tokens = 0
    } else if (!/^[ \t\f\r#\\]/.test(text)) {
      if (isString) rewriteString(state, at, next)
      else rewrite(state, text, at, next)
      state.last = text
      longest = Math.max(longest, ++tokens)
      state.lastAt = at
      state.lastEnd = next
      state.isLineStart = text === ';' || (text === ':' && state.brackets.length === 0)
    }
    at = next
  }
  const prepared = state.edits.join('') + code.slice(state.written)
  return { code: prepared, openAt, longest, toSource: (text) => text.replaceAll(otherPrint, print) }
}

function endLine(state: State): void {
  if (state.brackets.length > 0) return
  state.isLineStart = true
  if (state.headers.at(-1)?.word !== '@') return
  state.headers.pop()
  edit(state, state.lastEnd, state.lastEnd, ')')
}

function endOfString(code: string, at: number, quote: string): number {
  for (let end = at + quote.length; end < code.length; end++) {
    const sign = code.charAt(end)
    if (sign === '\\') end++
    else if (code.startsWith(quote, end)) return end + quote.length
    else if (sign === '\n' && quote.length === 1) return -1
  }
  return -1
}

function edit(state: State, from: number, to: number, text: string): void {
  state.edits.push(state.code.slice(state.written, from), text)
  state.written = to
}

function rewrite(state: State, text: string, at: number, next: number): void {
  const { brackets, headers, last } = state
  const header = headers.at(-1)
  const isHere = header?.depth === brackets.length
  if (/^[A-Za-z_\u0080-\uffff]/.test(text)) rewriteWord(state, text, at, next)
  else if (/^\d/.test(text)) {
    if (text.endsWith('.') && !text.includes('..')) edit(state, next, next, '0')
    else if (/^[\d_]+\.[eEjJ]/.test(text)) edit(state, at, next, text.replace('.', '.0'))
  } else if ('([{'.includes(text)) brackets.push(text)
  else if (')]}'.includes(text)) {
    // `case A():` and `case {}:`, which Lezer wants filled.
    if (header?.word === 'case' && last === openings[text]) edit(state, at, at, text === '}' ? '**_' : '_')
    brackets.pop()
    while ((headers.at(-1)?.depth ?? 0) > brackets.length) headers.pop()
  } else if (text === ':' && isHere) {
    if (last === ',' && header.word !== 'for') {
      edit(state, state.lastAt, next, header.word === 'case' ? '):' : ':')
    } else if (header.word === 'case') edit(state, at, at, ')')
    headers.pop()
  } else if (text === '@' && state.isLineStart) {
    headers.push({ word: '@', depth: brackets.length })
    edit(state, next, next, `${decorator}(`)
  } else if (text === '*' && isDropped(state)) edit(state, at, next, ' ')
  else if (text === '/' && header?.word === 'lambda' && isHere && last === ',') edit(state, at, next, '*_')
}

const openings: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** A star before a value: in indices and in what a loop assigns to, where Lezer knows none. */
function isDropped({ brackets, headers, last }: State): boolean {
  if (last !== ',' && last !== '[' && last !== 'for' && last !== '(' && last !== 'in') return false
  return brackets.at(-1) === '[' || headers.at(-1)?.word === 'for' || last === 'in'
}

/** What stands in the braces of an f-string is code as well. */
function rewriteString(state: State, at: number, next: number): void {
  if (!/^[rR]?[fF][rR]?$/.test(state.last) || state.lastAt + state.last.length !== at) return
  const text = state.code.slice(at, next)
  const isRaw = state.last.length === 2
  const changed = (isRaw ? text.replace(/\\(?=\{)/g, ' ') : text)
    .replace(/(?<![\w.])(\d[\d_]*\.)(?![\w.])/g, '$10')
    .replace(/\{yield\}/g, '{yield None}')
    .replace(/(\{\w{1,50}:)=/g, '$1>')
  if (changed !== text) edit(state, at, next, changed)
}

/** `match` and `case` are names as well: what follows is a value, and on the same line a colon. */
const opensBlock = /^(?:[ \t]+[^=.,:)\]\s]|[ \t]*[[({"'-])[^\n]*:/
const mostHeader = 200

const behindYield = /[ \t]*(?=[\n\r)\]};#,:=]|$)/y

function rewriteWord(state: State, text: string, at: number, next: number): void {
  const { brackets, headers, last, code } = state
  const header = headers.at(-1)
  if (last === '.') return
  if (text === print) edit(state, at, next, otherPrint)
  else if (text === 'yield') {
    behindYield.lastIndex = next
    if (behindYield.test(code)) edit(state, next, next, ' None')
  } else if (text === 'with' || text === 'for' || text === 'lambda') {
    headers.push({ word: text, depth: brackets.length })
  } else if (
    (text === 'case' || text === 'match') &&
    state.isLineStart &&
    opensBlock.test(code.slice(next, next + mostHeader))
  ) {
    headers.push({ word: text, depth: brackets.length })
    // An open sequence is a pattern like any other within brackets.
    if (text === 'case') edit(state, next, next, ' (')
  } else if (text === 'if' && header?.word === 'case' && header.depth === brackets.length) {
    edit(state, at, at, ') ')
    headers.pop()
  } else if (text === 'in' && header?.word === 'for' && header.depth === brackets.length) headers.pop()
  else if (text === 'as' && header?.word === 'with') edit(state, at, next, ', ')
}
