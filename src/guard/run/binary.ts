import type { BinaryOperator, Expression } from '../syntax/tree.ts'
import { isThing } from '../trace/sorts.ts'
import { calculate } from '../value/arithmetic.ts'
import { compare, either, isEqual } from '../value/operators.ts'
import { toTrouble, trouble } from '../value/trouble.ts'
import { isTrue, typeName, type Value } from '../value/value.ts'
import { containsOnly, isIn } from './contains.ts'
import { compileExpression } from './expression.ts'
import { waiting, type Code, type Frame } from './frame.ts'
import { compilePattern } from './pattern.ts'
import type { Scope } from './scope.ts'

type Binary = Extract<Expression, { kind: 'binary' }>

export function compileBinary(node: Binary, scope: Scope): Code {
  const { operator } = node
  switch (operator) {
    case 'and':
    case 'or':
      return compileLogic(node, scope)
    case 'is':
      return compileIs(node, scope)
    case '->':
    case '~>':
      return compileFlow(node, scope)
    case 'in':
      // A declaration with a domain is true; the domain is the plan's business (plan.ts).
      if (node.left.kind === 'variable') return () => true
      break
    default:
  }
  const left = compileExpression(node.left, scope)
  const right = compileExpression(node.right, scope)
  return operation(operator, left, right)
}

function operation(
  operator: Exclude<BinaryOperator, 'and' | 'or' | 'is' | '->' | '~>'>,
  left: Code,
  right: Code,
): Code {
  switch (operator) {
    case '==':
      return (frame) => isEqual(left(frame), right(frame))
    case '!=':
      return (frame) => !isEqual(left(frame), right(frame))
    case '<':
    case '>':
    case '<=':
    case '>=':
      return (frame) => compare(operator, left(frame), right(frame))
    case 'in':
      return (frame) => {
        const part = left(frame)
        return isIn(frame.run, part, right(frame))
      }
    case 'contains_only':
      return (frame) => containsOnly(left(frame), right(frame))
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
      return (frame) => {
        const first = left(frame)
        return calculate(operator, first, right(frame), frame.run.meter)
      }
  }
}

/**
 * Left to right, and as far as needed: upstream evaluates both sides, so a side that it would have failed on decides
 * nothing here, and one that is not needed is still looked at for what it marks (a cheap one, or nobody would wait
 * for a detector whose answer changes nothing).
 */
function compileLogic(node: Binary, scope: Scope): Code {
  const left = compileExpression(node.left, scope)
  const right = compileExpression(node.right, scope)
  const decides = node.operator === 'or'
  // A false `and` ends its rule, and its marks with it, unless something negates it.
  const isLooked = (decides || scope.isNegated === true) && isMarking(node.right)
  return (frame) => {
    const first = left(frame)
    if (first === decides) {
      if (isLooked) lookAt(right, frame)
      return decides
    }
    if (isTrue(first) !== decides) {
      const second = right(frame)
      return second === decides || first === !decides ? second : decides ? either(first, second) : second
    }
    // It is decided but for a right side that is exactly true, or false.
    const second = attempt(right, frame)
    return second === decides ? decides : first
  }
}

function attempt(code: Code, frame: Frame): Value | undefined {
  const marked = frame.run.marks.length
  try {
    return code(frame)
  } catch (error) {
    if (error === waiting || toTrouble(error).kind === 'limit') throw error
    frame.run.marks.length = marked
    return undefined
  }
}

function lookAt(code: Code, frame: Frame): void {
  attempt(code, frame)
}

/** Whether it may mark something, by means that cost little: membership and patterns of text. */
function isMarking(node: Expression): boolean {
  switch (node.kind) {
    case 'binary':
      if (node.operator === 'in') return true
      return (
        (node.operator === 'and' || node.operator === 'or') && (isMarking(node.left) || isMarking(node.right))
      )
    case 'unary':
      return isMarking(node.operand)
    case 'comprehension':
      return isMarking(node.element)
    case 'call': {
      const name = node.callee.kind === 'name' ? node.callee.name : ''
      return name === 'find' || (name === 'any' && node.arguments.some(isMarking))
    }
    default:
      return false
  }
}

function compileIs(node: Binary, scope: Scope): Code {
  const subject = compileExpression(node.left, scope)
  const isNot = node.right.kind === 'unary' && node.right.operator === 'not'
  const meant = isNot && node.right.kind === 'unary' ? node.right.operand : node.right
  if (meant.kind === 'tool' || meant.kind === 'pattern') {
    const matches = compilePattern(meant, scope)
    if (!isNot) return (frame) => matches(frame, subject(frame))
    return (frame) => matches(frame, subject(frame)) !== true
  }
  const other = compileExpression(meant, scope)
  if (isNot) return (frame) => !isSame(subject(frame), other(frame))
  return (frame) => isSame(subject(frame), other(frame))
}

/** Identity for None and booleans, equality for everything else: identity of strings is an accident upstream. */
function isSame(left: Value, right: Value): boolean {
  if (left === null || right === null || typeof left === 'boolean' || typeof right === 'boolean')
    return left === right
  return isEqual(left, right)
}

/** `a -> b`: a comes before b; `a ~> b`: immediately. A chain means each of its steps. */
function compileFlow(node: Binary, scope: Scope): Code {
  const isDirect = node.operator === '~>'
  const before = isFlow(node.left) ? compileFlow(node.left, scope) : null
  const left = orderOf(isFlow(node.left) ? node.left.right : node.left, scope)
  const right = orderOf(node.right, scope)
  return (frame) => {
    if (before !== null && before(frame) !== true) return false
    const [from, to] = [left(frame), right(frame)]
    return isDirect ? to === from + 1 : from < to
  }
}

function isFlow(node: Expression): node is Binary {
  return node.kind === 'binary' && (node.operator === '->' || node.operator === '~>')
}

function orderOf(node: Expression, scope: Scope): (frame: Frame) => number {
  if (node.kind !== 'name' && node.kind !== 'variable') {
    return () => trouble('value', 'a flow is between variables')
  }
  const value = compileExpression({ kind: 'name', at: node.at, name: node.name }, scope)
  return (frame) => {
    const event = value(frame)
    if (isThing(event) && event.order >= 0) return event.order
    return trouble('key', `a flow is between events and calls, not ${typeName(event)}`)
  }
}
