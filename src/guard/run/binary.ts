import { childrenOf } from '../syntax/children.ts'
import type { BinaryOperator, Expression } from '../syntax/tree.ts'
import { calculate } from '../value/arithmetic.ts'
import { compare, either, isEqual, isList } from '../value/operators.ts'
import { work } from '../value/meter.ts'
import { toTrouble } from '../value/trouble.ts'
import { isTrue, textOf, type Value } from '../value/value.ts'
import { effortOf, made } from '../value/weight.ts'
import { containsOnly, isIn } from './contains.ts'
import { compileExpression } from './expression.ts'
import { compileFlow } from './flow.ts'
import { waiting, type Code, type Frame, type Run } from './frame.ts'
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
  if ((operator === '==' || operator === '!=') && node.right.kind === 'string') {
    const { value } = node.right
    const isMeant = operator === '=='
    return (frame) => (textOf(left(frame)) === value) === isMeant
  }
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
      return metered(left, right, (one, other) => isEqual(one, other))
    case '!=':
      return metered(left, right, (one, other) => !isEqual(one, other))
    case '<':
    case '>':
    case '<=':
    case '>=':
      return metered(left, right, (one, other) => compare(operator, one, other))
    case 'in':
      return metered(left, right, (part, whole, run) => isIn(run, part, whole))
    case 'contains_only':
      return metered(left, right, containsOnly)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
      return (frame) => {
        const first = left(frame)
        return made(frame.run.meter, calculate(operator, first, right(frame), frame.run.meter))
      }
  }
}

/** Two values that are gone through: that takes as long as they are large, one for each item of the other at worst. */
function metered(left: Code, right: Code, run: (one: Value, other: Value, run: Run) => Value): Code {
  return (frame) => {
    const one = left(frame)
    const other = right(frame)
    const items = isList(one) ? one.items.length + 1 : 1
    work(frame.run.meter, effortOf(one) + items * effortOf(other))
    return run(one, other, frame.run)
  }
}

/**
 * Left to right, and as far as needed: upstream evaluates both sides, so a side that it would have failed on decides
 * nothing here, and one that is not needed is still looked at for what it marks.
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

/** For its marks alone: a detector that would have to be asked is not. */
function lookAt(code: Code, frame: Frame): void {
  const { run } = frame
  const before = run.isLooking
  run.isLooking = true
  try {
    attempt(code, frame)
  } catch (error) {
    if (error !== waiting) throw error
  } finally {
    run.isLooking = before
  }
}

const silent = new Set([
  'match',
  'len',
  'empty',
  'min',
  'max',
  'sum',
  'tuple',
  'text',
  'image',
  'server',
  'tool_call',
])

/** Whether it may mark something: membership, and calls of what is not known to mark nothing. */
function isMarking(node: Expression): boolean {
  if (node.kind === 'binary' && node.operator === 'in') return true
  if (node.kind === 'call' && !(node.callee.kind === 'name' && silent.has(node.callee.name))) return true
  return childrenOf(node).some(isMarking)
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
