import { iterate } from '../value/access.ts'
import { calculate } from '../value/arithmetic.ts'
import { compare } from '../value/operators.ts'
import { codePoints } from '../trace/address.ts'
import { trouble } from '../value/trouble.ts'
import { isTrue, list, textOf, typeName, type Value } from '../value/value.ts'
import { define, variadic } from './define.ts'

/** Python's built-in functions, those that rules have. */
export const any = define('any', ['iterable'], (_context, { need }) => iterate(need('iterable')).some(isTrue))

export const len = define('len', ['value'], (_context, { need }) => length(need('value')))

export const empty = define('empty', ['value'], (_context, { need }) => length(need('value')) === 0)

function length(value: Value): number {
  const text = textOf(value)
  if (text !== undefined) return codePoints(text)
  if (typeof value === 'object' && value !== null && value.kind === 'dict') return value.entries.size
  if (typeof value === 'object' && value !== null && value.kind === 'list') return value.items.length
  return trouble('type', `a ${typeName(value)} has no length`)
}

export const min = variadic('min', (_context, given) => extreme('min', given, '<'))

export const max = variadic('max', (_context, given) => extreme('max', given, '>'))

function extreme(name: string, given: readonly Value[], order: '<' | '>'): Value {
  const [first, ...others] = given.length === 1 ? iterate(given[0] ?? null) : given
  if (first === undefined) return trouble('value', `${name} of nothing`)
  return others.reduce((best, value) => (compare(order, value, best) ? value : best), first)
}

export const sum = define('sum', ['iterable', 'start?'], ({ meter }, { need, get }) =>
  iterate(need('iterable')).reduce((total, value) => calculate('+', total, value, meter), get('start') ?? 0),
)

export const tuple = define('tuple', ['iterable?'], (_context, { get }) => {
  const iterable = get('iterable')
  return list(iterable === undefined ? [] : iterate(iterable), 'tuple')
})
