import { isObject, ownAt } from '../../conversation/json.ts'

/**
 * Where in a trace an annotation points: `messages.3.content.0.text:22-26` and `messages.2.tool_calls.0` by the engine,
 * `messages[0].content:L0` by the page and the gateway, `...:bbox-0.1,0.2,0.3,0.4` in images, `<root>` or nothing for
 * the whole trace.
 */
export type Address = { readonly message: number; readonly path: string; readonly range: string }

const form = /^messages(?:\.(\d{1,9})|\[(\d{1,9})\])((?:[.[].*?)?)(?::(\d+-\d+|L\d+|bbox-[\d.,e-]+))?$/s

export function parseAddress(address: string): Address | null {
  const [, dotted, bracketed, path = '', range = ''] = form.exec(address) ?? []
  const message = dotted ?? bracketed
  return message === undefined ? null : { message: Number(message), path, range }
}

export function isWhole(address: string | null): boolean {
  return address === null || address === '' || address === '<root>'
}

/** Whether there is something at this address. */
export function fits(address: string | null, messages: readonly unknown[]): boolean {
  if (address === null || isWhole(address)) return true
  const parsed = parseAddress(address)
  if (parsed === null || parsed.message >= messages.length) return false
  const message = messages[parsed.message]
  return placesAt(message, parsed.path).some((place) => isRange(parsed.range, place))
}

/** The same address after its message has moved. */
export function moveAddress(address: string | null, moved: readonly number[]): string | null {
  const parsed = address === null ? null : parseAddress(address)
  const to = parsed === null ? undefined : moved[parsed.message]
  if (address === null || to === undefined) return address
  return address.replace(/^(messages[.[])\d+/, `$1${to}`)
}

/** What a path may mean: names of arguments have dots in them at times, so that more than one reading can be right. */
function placesAt(value: unknown, path: string): unknown[] {
  if (path === '') return [value]
  if (Array.isArray(value)) {
    const [step, dotted, bracketed] = /^(?:\.(\d{1,9})|\[(\d{1,9})\])/.exec(path) ?? []
    const at = Number(dotted ?? bracketed)
    return step === undefined || at >= value.length ? [] : placesAt(value[at], path.slice(step.length))
  }
  if (!isObject(value) || path[0] !== '.') return []
  // A message without a content has none to point into, but pointing at that is right.
  const implied = /^\.content$/.test(path) && value['content'] === undefined ? [null] : []
  const names = Object.keys(value).filter((name) => /^([.[]|$)/.test(restOf(path, name) ?? '-'))
  return [...implied, ...names.flatMap((name) => placesAt(ownAt(value, name), restOf(path, name) ?? ''))]
}

function restOf(path: string, name: string): string | null {
  return path.startsWith(`.${name}`) ? path.slice(name.length + 1) : null
}

function isRange(range: string, place: unknown): boolean {
  if (range === '') return true
  if (range.startsWith('L')) return Number(range.slice(1)) < linesOf(place)
  if (range.startsWith('bbox-')) return isBox(range.slice(5))
  const [start = 0, end = 0] = range.split('-').map(Number)
  return start <= end && end <= lengthOf(place)
}

function lengthOf(place: unknown): number {
  if (place === undefined || place === null) return 0
  return typeof place === 'string' ? place.length : JSON.stringify(place).length
}

function linesOf(place: unknown): number {
  const text = typeof place === 'string' ? place : JSON.stringify(place ?? null, null, 2)
  return text.split('\n').length
}

function isBox(text: string): boolean {
  const corners = text.split(',').map((corner) => (corner === '' ? NaN : Number(corner)))
  return corners.length === 4 && corners.every((corner) => corner >= 0 && corner < Infinity)
}
