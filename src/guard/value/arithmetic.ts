import { percent } from './format.ts'
import { checkSize, type Meter } from './meter.ts'
import { isList, numberOf } from './operators.ts'
import { trouble } from './trouble.ts'
import { list, textOf, typeName, type Value } from './value.ts'

/** Python's arithmetic: whole numbers without bound (but for memory), true division, the sign of the divisor in `%`. */
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '**'

export function calculate(operator: Arithmetic, left: Value, right: Value, meter: Meter): Value {
  const [x, y] = [numberOf(left), numberOf(right)]
  if (x !== undefined && y !== undefined) return ofNumbers(operator, x, y)
  const made =
    operator === '+'
      ? joined(left, right, meter)
      : operator === '*'
        ? repeated(left, right, meter)
        : undefined
  if (made !== undefined) return made
  const template = operator === '%' ? textOf(left) : undefined
  if (template !== undefined) return percent(template, right, meter)
  return trouble(
    'type',
    `unsupported operand types for ${operator}: ${typeName(left)} and ${typeName(right)}`,
  )
}

function joined(left: Value, right: Value, meter: Meter): Value | undefined {
  const [a, b] = [textOf(left), textOf(right)]
  if (a !== undefined && b !== undefined) {
    checkSize(meter, a.length + b.length)
    return a + b
  }
  if (!isList(left) || !isList(right) || left.sort !== right.sort) return undefined
  checkSize(meter, left.items.length + right.items.length)
  return list([...left.items, ...right.items], left.sort)
}

function repeated(left: Value, right: Value, meter: Meter): Value | undefined {
  const [value, count] = numberOf(right) === undefined ? [right, left] : [left, right]
  const times = numberOf(count)
  if (times === undefined || (typeof times === 'number' && !Number.isInteger(times))) return undefined
  const turns = times < 0 ? 0 : Number(times)
  const text = textOf(value)
  if (text !== undefined) {
    checkSize(meter, text.length * turns)
    return text.repeat(text === '' ? 0 : turns)
  }
  if (!isList(value)) return undefined
  checkSize(meter, value.items.length * turns)
  return list(
    value.items.length === 0 ? [] : Array.from({ length: turns }, () => value.items).flat(),
    value.sort,
  )
}

function ofNumbers(operator: Arithmetic, x: number | bigint, y: number | bigint): Value {
  if ((operator === '/' || operator === '%') && Number(y) === 0) return trouble('value', 'division by zero')
  const areWhole = isWhole(x) && isWhole(y)
  if (operator === '/') return Number(x) / Number(y)
  if (!areWhole) return ofFloats(operator, Number(x), Number(y))
  if (operator === '**') return power(x, y)
  if (typeof x === 'number' && typeof y === 'number') {
    const result = ofFloats(operator, x, y)
    if (Number.isSafeInteger(result)) return result
  }
  return small(ofWhole(operator, BigInt(x), BigInt(y)))
}

function isWhole(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

function ofFloats(operator: Exclude<Arithmetic, '/'>, x: number, y: number): number {
  switch (operator) {
    case '+':
      return x + y
    case '-':
      return x - y
    case '*':
      return x * y
    case '%':
      return y === 0 ? NaN : x - y * Math.floor(x / y)
    case '**':
      return x ** y
  }
}

/** Whole numbers may grow to so many bits; more would be memory for nothing. */
const mostBits = 4096

function ofWhole(operator: '+' | '-' | '*' | '%', x: bigint, y: bigint): bigint {
  switch (operator) {
    case '+':
      return x + y
    case '-':
      return x - y
    case '*':
      return bounded(x * y)
    case '%': {
      const rest = x % y
      return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest
    }
  }
}

function bounded(value: bigint): bigint {
  return BigInt.asIntN(mostBits, value) === value ? value : trouble('limit', 'a number is too large')
}

function power(x: number | bigint, y: number | bigint): Value {
  if (y < 0) {
    return Number(x) === 0
      ? trouble('value', 'zero cannot be raised to a negative power')
      : Number(x) ** Number(y)
  }
  const bits = BigInt(x).toString(2).length * Number(y)
  const isUnit = x == 0 || x == 1 || x == -1
  if (!isUnit && bits > mostBits) return trouble('limit', 'a number is too large')
  return small(
    isUnit
      ? BigInt(x) ** (BigInt(y) % 2n === 0n && y != 0 ? 2n : BigInt(y == 0 ? 0 : 1))
      : BigInt(x) ** BigInt(y),
  )
}

/** As a JavaScript number where that is exact. */
function small(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

export function negate(value: Value, operator: '-' | '+'): Value {
  const number = numberOf(value)
  if (number === undefined)
    return trouble('type', `bad operand type for unary ${operator}: ${typeName(value)}`)
  if (operator === '+') return number
  return typeof number === 'bigint' ? small(-number) : -number
}
