import { readBlock } from './block.ts'
import { readPrimary } from './primary.ts'
import type { Reader } from './reader.ts'
import type { Token } from './scan.ts'
import type { BinaryOperator, Expression } from './tree.ts'

/**
 * Expressions, by precedence climbing: Python's order, but comparisons group to the left and do not chain. What
 * upstream groups differently is told in docs/guardrail-quirks.md.
 */
const powers: Readonly<Record<BinaryOperator, number>> = {
  or: 2,
  and: 3,
  '==': 5,
  '!=': 5,
  '<': 5,
  '>': 5,
  '<=': 5,
  '>=': 5,
  in: 5,
  is: 5,
  contains_only: 5,
  '->': 5,
  '~>': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
  '**': 9,
}
export const lowest = 1
const negation = 4
const comparison = 5
const sign = 8

/** Operators that cannot start a condition: a line that begins with one goes on with the line before. */
const continuing = new Set([
  'and',
  'or',
  'in',
  'is',
  'contains_only',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '->',
  '~>',
])
const continuingMarks = new Set(['*', '/', '%', '**', '.'])

export function readExpression(reader: Reader, least: number): Expression {
  let left = readPrefix(reader)
  for (;;) {
    const token = reader.peek()
    if (!goesOn(reader, token)) return left
    if (token.kind === 'word' && token.text === 'if') {
      if (least > lowest) return left
      left = readTernary(reader, left)
      continue
    }
    const isNegated = token.kind === 'word' && token.text === 'not' && isWord(reader.peek(1), 'in')
    const operator = isNegated ? 'in' : operatorOf(token)
    if (operator === undefined || powers[operator] < least) return left
    reader.spend()
    reader.take()
    if (isNegated) reader.take()
    const right = readRight(reader, operator)
    const node = { kind: 'binary', at: left.at, operator, left, right, isEnclosed: isNegated } as const
    left = isNegated ? { kind: 'unary', at: left.at, operator: 'not', operand: node } : node
  }
}

function operatorOf(token: Token): BinaryOperator | undefined {
  if (token.kind !== 'mark' && token.kind !== 'word') return undefined
  return isOperator(token.text) ? token.text : undefined
}

function isOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(powers, text)
}

function isWord(token: Token, text: string): boolean {
  return token.kind === 'word' && token.text === text
}

/** Whether the token can belong to the expression before it. */
export function goesOn(reader: Reader, token: Token): boolean {
  if (!token.isFirst || reader.isBracketed()) return true
  if (token.indent <= reader.outer()) return false
  if (token.kind === 'mark') return continuing.has(token.text) || continuingMarks.has(token.text)
  if (token.kind !== 'word') return false
  const next = reader.peek(1)
  if (token.text === 'not') return isWord(next, 'in')
  // `if.role == ...` is about a variable of that name.
  if (token.text === 'if') return next.kind !== 'mark' || ['(', '[', '{', '-', '+'].includes(next.text)
  return continuing.has(token.text) && !(next.kind === 'mark' && ['.', ':='].includes(next.text))
}

function readRight(reader: Reader, operator: BinaryOperator): Expression {
  if (operator === '**') return readExpression(reader, sign)
  const token = reader.peek()
  if (operator === 'is' && isWord(token, 'not')) {
    reader.take()
    return { kind: 'unary', at: token.at, operator: 'not', operand: readExpression(reader, comparison + 1) }
  }
  return readExpression(reader, powers[operator] + 1)
}

function readTernary(reader: Reader, yes: Expression): Expression {
  reader.take()
  const test = readExpression(reader, lowest + 1)
  reader.expect('else', 'after the condition of `if`')
  const no = reader.nested(() => readExpression(reader, lowest))
  return { kind: 'ternary', at: yes.at, test, yes, no }
}

function readPrefix(reader: Reader): Expression {
  const token = reader.peek()
  if (token.isFirst && !reader.isBracketed() && token.indent <= reader.outer()) {
    return reader.fail('an expression is missing here')
  }
  if (isWord(token, 'not')) {
    reader.take()
    const operand = reader.nested(() => readExpression(reader, negation))
    return { kind: 'unary', at: token.at, operator: 'not', operand }
  }
  if (token.kind === 'mark' && (token.text === '-' || token.text === '+')) {
    const operator = token.text
    reader.take()
    const operand = reader.nested(() => readExpression(reader, sign))
    return { kind: 'unary', at: token.at, operator, operand }
  }
  const operand = reader.nested(() => readPrimary(reader))
  return isQuantifier(reader, operand) ? readQuantifier(reader, operand) : operand
}

/** `name:` or `name(...):` with deeper lines below it. */
function isQuantifier(reader: Reader, callee: Expression): boolean {
  if (reader.isBracketed() || !reader.is(':')) return false
  const isNamed = callee.kind === 'name' || (callee.kind === 'call' && callee.callee.kind !== 'string')
  const next = reader.peek(1)
  return isNamed && next.isFirst && next.indent > reader.outer()
}

function readQuantifier(reader: Reader, callee: Expression): Expression {
  const { indent } = reader.take()
  return { kind: 'quantifier', at: callee.at, callee, body: reader.nested(() => readBlock(reader, indent)) }
}
