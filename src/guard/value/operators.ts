import { isTrue, textOf, typeName, type Value } from './value.ts'
import { trouble } from './trouble.ts'

/** Python's equality and order. */
const mostDepth = 100

export function isEqual(left: Value, right: Value, depth = 0): boolean {
  if (left === right) return true
  const [a, b] = [textOf(left), textOf(right)]
  if (a !== undefined || b !== undefined) return a === b
  const [x, y] = [numberOf(left), numberOf(right)]
  // JavaScript compares numbers of both sorts by value with `==`, as Python does.
  if (x !== undefined || y !== undefined) return x !== undefined && y !== undefined && x == y
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false
  if (depth > mostDepth) return trouble('limit', 'the values to compare are nested too deeply')
  if (left.kind === 'list' && right.kind === 'list') {
    if (left.sort !== right.sort || left.items.length !== right.items.length) return false
    return left.items.every((item, at) => isEqual(item, right.items[at] ?? null, depth + 1))
  }
  if (left.kind === 'dict' && right.kind === 'dict') {
    if (left.entries.size !== right.entries.size) return false
    for (const [key, item] of left.entries) {
      const other = right.entries.get(key)
      if (other === undefined || !isEqual(item, other, depth + 1)) return false
    }
    return true
  }
  if (left.kind === 'thing' && right.kind === 'thing')
    return left.type === right.type && left.source === right.source
  return false
}

export function numberOf(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return typeof value === 'boolean' ? Number(value) : undefined
}

export type Order = '<' | '>' | '<=' | '>='

export function compare(operator: Order, left: Value, right: Value): boolean {
  const order = orderOf(left, right, operator, 0)
  if (Number.isNaN(order)) return false
  switch (operator) {
    case '<':
      return order < 0
    case '>':
      return order > 0
    case '<=':
      return order <= 0
    case '>=':
      return order >= 0
  }
}

function orderOf(left: Value, right: Value, operator: Order, depth: number): number {
  const [x, y] = [numberOf(left), numberOf(right)]
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : x == y ? 0 : NaN
  const [a, b] = [textOf(left), textOf(right)]
  if (a !== undefined && b !== undefined) return orderOfTexts(a, b)
  const areLists = isList(left) && isList(right) && left.sort === right.sort
  if (!areLists || depth > mostDepth) {
    return trouble('type', `'${operator}' not supported between ${typeName(left)} and ${typeName(right)}`)
  }
  const length = Math.min(left.items.length, right.items.length)
  for (let at = 0; at < length; at++) {
    const [item, other] = [left.items[at] ?? null, right.items[at] ?? null]
    if (!isEqual(item, other)) return orderOf(item, other, operator, depth + 1)
  }
  return left.items.length - right.items.length
}

export function isList(value: Value): value is Extract<Value, { kind: 'list' }> {
  return typeof value === 'object' && value !== null && value.kind === 'list'
}

/** By code points, as Python; JavaScript's own order is by UTF-16, which puts some planes before others. */
function orderOfTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)]
    if (a === b) continue
    const isPlain = a < 0xd800 || b < 0xd800 || isPair(a) === isPair(b)
    return isPlain ? a - b : isPair(a) ? 1 : -1
  }
  return left.length - right.length
}

function isPair(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000
}

/** Python's `and`, `or` as values: what decides is what comes out. */
export function either(left: Value, right: Value): Value {
  return isTrue(left) ? left : right
}
