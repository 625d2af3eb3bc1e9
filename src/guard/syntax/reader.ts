import type { Found, Token } from './scan.ts'

/**
 * Where the parser stands in the tokens. Within brackets lines do not matter; outside of them a token that is the
 * first of its line ends what was before, unless it can only continue it.
 */
export type Reader = {
  readonly peek: (ahead?: number) => Token
  readonly take: () => Token
  /** Whether the next token is this mark or word, wherever it stands. */
  readonly is: (text: string) => boolean
  readonly expect: (text: string, why: string) => Token
  readonly word: (why: string) => Token
  readonly fail: (message: string, at?: Token) => never
  readonly bracketed: <Read>(read: () => Read) => Read
  readonly isBracketed: () => boolean
  /** Reads what is nested, and refuses what is nested too deeply. */
  readonly nested: <Read>(read: () => Read) => Read
  /** Counts an operator, a call or a member: a condition of too many is as deep as one that is nested. */
  readonly spend: () => void
  /** Starts counting anew, for the next condition. */
  readonly refresh: () => void
  /** Reads a block's lines with its own base; `outer` is the indentation that ends it. */
  readonly within: <Read>(outer: number, read: () => Read) => Read
  readonly outer: () => number
}

/** Deep enough for every rule, shallow enough for every stack. */
const mostDepth = 100
const mostOperators = 1000

export function createReader(tokens: readonly Token[], end: Token): Reader {
  let position = 0
  let brackets = 0
  let depth = 0
  let operators = 0
  let outer = -1
  const peek = (ahead = 0): Token => tokens[position + ahead] ?? end
  const is = (text: string): boolean => {
    const token = peek()
    return token.text === text && (token.kind === 'mark' || token.kind === 'word')
  }
  const take = (): Token => {
    const token = peek()
    position++
    return token
  }
  const fail = (message: string, at = peek()): never => stop({ at: at.at, message })
  return {
    peek,
    take,
    is,
    fail,
    expect: (text, why) =>
      is(text) ? take() : fail(`expected ${JSON.stringify(text)} ${why}, not ${told(peek())}`),
    word: (why) => (peek().kind === 'word' ? take() : fail(`expected ${why}, not ${told(peek())}`)),
    bracketed: (read) => {
      brackets++
      const result = read()
      brackets--
      return result
    },
    isBracketed: () => brackets > 0,
    nested: (read) => {
      if (depth >= mostDepth) fail('this is nested too deeply')
      depth++
      const result = read()
      depth--
      return result
    },
    spend: () => {
      if (++operators > mostOperators) fail('this expression is too long')
    },
    refresh: () => (operators = 0),
    within: (indent, read) => {
      const [before, open] = [outer, brackets]
      outer = indent
      brackets = 0
      const result = read()
      outer = before
      brackets = open
      return result
    },
    outer: () => outer,
  }
}

export function told(token: Token): string {
  if (token.kind === 'end') return 'the end of the policy'
  return token.kind === 'string' ? 'a string' : JSON.stringify(token.text)
}

const mark = 'a place in a policy'

/** What stops the parser travels as the cause of an error: there is nothing to go on with. */
export function stop(found: Found): never {
  throw new Error(mark, { cause: found })
}

export function stopped(error: unknown): Found | undefined {
  if (!(error instanceof Error) || error.message !== mark) return undefined
  const cause = error.cause
  if (typeof cause !== 'object' || cause === null || !('at' in cause) || !('message' in cause))
    return undefined
  return { at: Number(cause.at), message: String(cause.message) }
}
