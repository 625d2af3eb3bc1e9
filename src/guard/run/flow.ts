import type { Expression } from '../syntax/tree.ts'
import { isThing } from '../trace/sorts.ts'
import { trouble } from '../value/trouble.ts'
import { typeName } from '../value/value.ts'
import { compileExpression } from './expression.ts'
import type { Code, Frame } from './frame.ts'
import type { Scope } from './scope.ts'

type Binary = Extract<Expression, { kind: 'binary' }>

/** `a -> b`: a comes before b; `a ~> b`: immediately. A chain means each of its steps. */
export function compileFlow(node: Binary, scope: Scope): Code {
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
