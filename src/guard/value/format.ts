import { toRepr, toText } from './json.ts'
import { checkSize, type Meter } from './meter.ts'
import { isList, numberOf } from './operators.ts'
import { trouble } from './trouble.ts'
import type { Named, Value } from './value.ts'

/**
 * `str.format` and `%`, as far as rules use them. Fields are names and numbers alone: attributes and indexes within
 * them would reach into the interpreter upstream, and reach nothing here.
 */
export function format(template: string, given: readonly Value[], named: Named, meter: Meter): string {
  let next = 0
  let length = 0
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (whole, field: string | undefined) => {
    if (whole === '{{' || whole === '}}') return whole.slice(1)
    if (field === undefined) return trouble('value', 'a single brace in a format string')
    const match = /^(\w*)(?:!([sr]))?(?::(.*))?$/s.exec(field)
    if (match === null) return trouble('value', 'a field of a format string must be a name or a number')
    const [, name = '', conversion, specification = ''] = match
    const value = /^\d*$/.test(name) ? given[name === '' ? next++ : Number(name)] : named.get(name)
    if (value === undefined)
      return trouble('key', `the format string asks for ${JSON.stringify(name)}, which is not given`)
    const text = specified(conversion === 'r' ? toRepr(value, 0) : value, specification)
    length += text.length
    checkSize(meter, length)
    return text
  })
}

const mostWidth = 1000

/** Fill, alignment, width, precision and the types s, d, f. */
function specified(value: Value, specification: string): string {
  if (specification === '') return toText(value)
  const match = /^(?:(.)?([<>^]))?(0?)(\d*)(?:\.(\d+))?([sdf]?)$/su.exec(specification)
  if (match === null) return trouble('value', `unknown format ${JSON.stringify(specification)}`)
  const [, fill = ' ', align, zero = '', width = '', precision, type = ''] = match
  const number = numberOf(value)
  if (type !== '' && type !== 's' && number === undefined)
    return trouble('value', `format ${type} needs a number`)
  const places = Math.min(Number(precision ?? 6), 100)
  const isFixed = number !== undefined && (type === 'f' || (precision !== undefined && type !== 's'))
  const plain = isFixed ? Number(number).toFixed(places) : toText(value)
  const text = !isFixed && precision !== undefined ? plain.slice(0, places) : plain
  const missing = Math.min(Number(width), mostWidth) - text.length
  if (missing <= 0) return text
  const padding = (zero === '0' && align === undefined ? '0' : fill).repeat(missing)
  const half = Math.floor(missing / 2)
  if (align === '^') return padding.slice(0, half) + text + padding.slice(half)
  const isRight = align === '>' || (align === undefined && number !== undefined)
  return isRight ? padding + text : text + padding
}

export function percent(template: string, value: Value, meter: Meter): string {
  const given = isList(value) && value.sort === 'tuple' ? value.items : [value]
  const names = typeof value === 'object' && value !== null && value.kind === 'dict' ? value.entries : null
  let used = 0
  const text = template.replace(/%(?:\((\w+)\))?(?:(%)|(\d*)(?:\.(\d+))?([sdrif]))|%/g, (whole, ...match) => {
    const [name, isPercent, width = '', precision, type] = match.map((part) =>
      typeof part === 'string' ? part : undefined,
    )
    if (isPercent !== undefined) return '%'
    if (type === undefined) return trouble('value', 'unsupported format character after %')
    const item = name === undefined ? given[used++] : names?.get(name)
    if (item === undefined) return trouble('type', 'not enough arguments for format string')
    const number = numberOf(item)
    if ('dif'.includes(type) && number === undefined)
      return trouble('type', `%${type} format: a number is required`)
    const shown =
      type === 'f'
        ? Number(number).toFixed(Math.min(Number(precision ?? 6), 100))
        : type === 's'
          ? toText(item)
          : type === 'r'
            ? toRepr(item, 0)
            : String(typeof number === 'bigint' ? number : Math.trunc(number ?? 0))
    return shown.padStart(Math.min(Number(width), mostWidth), whole.startsWith('%0') ? '0' : ' ')
  })
  checkSize(meter, text.length)
  if (names === null && used < given.length)
    return trouble('type', 'not all arguments converted during string formatting')
  return text
}
