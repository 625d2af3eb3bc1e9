import { isObject, type JsonObject, ownAt } from '../../conversation/json.ts'

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

function isWhole(address: string | null): boolean {
  return address === null || address === '' || address === '<root>'
}

/** Whether something is at an address; `unknown`: it would take too long to say. */
export type Fit = 'fits' | 'nowhere' | 'unknown'

/** For the addresses of one trace, since what was measured for one need not be for the next. */
export function createFits(messages: readonly unknown[]): (address: string | null) => Fit {
  const meter = createMeter()
  return (address) => {
    if (address === null || isWhole(address)) return 'fits'
    const parsed = parseAddress(address)
    if (parsed === null || parsed.message >= messages.length) return 'nowhere'
    const places = placesAt(messages[parsed.message], parsed.path, meter)
    if (places.some((place) => isRange(parsed.range, place, meter))) return 'fits'
    return meter.isSpent() ? 'unknown' : 'nowhere'
  }
}

/** The same address after its message has moved. */
export function moveAddress(address: string | null, moved: readonly number[]): string | null {
  const parsed = address === null ? null : parseAddress(address)
  const to = parsed === null ? undefined : moved[parsed.message]
  if (address === null || to === undefined) return address
  return address.replace(/^(messages[.[])\d+/, `$1${to}`)
}

/** Without those within which another one lies: `messages.1` goes for `messages.1.content`, not for `messages.10`. */
export function mostSpecific(addresses: readonly string[]): string[] {
  const own = [...new Set(addresses)]
  return own.filter((address) => !own.some((other) => isWithin(other, address)))
}

function isWithin(inner: string, outer: string): boolean {
  return inner.length > outer.length && inner.startsWith(outer) && /[.:[]/.test(inner[outer.length] ?? '')
}

/** What a path may mean: names of arguments have dots in them at times, so that more than one reading can be right. */
function placesAt(value: unknown, path: string, meter: Meter): unknown[] {
  if (!meter.spend(path.length)) return []
  if (path === '') return [value]
  if (Array.isArray(value)) {
    const [step, dotted, bracketed] = /^(?:\.(\d{1,9})|\[(\d{1,9})\])/.exec(path) ?? []
    const at = Number(dotted ?? bracketed)
    return step === undefined || at >= value.length ? [] : placesAt(value[at], path.slice(step.length), meter)
  }
  if (!isObject(value) || path[0] !== '.') return []
  // A message without a content has none to point into, but pointing at that is right.
  const implied = path === '.content' && value['content'] === undefined ? [null] : []
  return [...implied, ...namedAt(value, path.slice(1), meter)]
}

/** By all beginnings of the path that may be a name: an object may have far more names than a path has dots. */
function namedAt(value: JsonObject, path: string, meter: Meter): unknown[] {
  const places: unknown[] = []
  for (let end = 0; end <= path.length; end++) {
    if (end < path.length && path[end] !== '.' && path[end] !== '[') continue
    if (!meter.spend(end)) return places
    const name = path.slice(0, end)
    if (Object.hasOwn(value, name)) places.push(...placesAt(ownAt(value, name), path.slice(end), meter))
  }
  return places
}

function isRange(range: string, place: unknown, meter: Meter): boolean {
  if (range === '') return true
  if (range.startsWith('L')) return Number(range.slice(1)) < meter.linesOf(place)
  if (range.startsWith('bbox-')) return isBox(range.slice(5))
  const [start = 0, end = 0] = range.split('-').map(Number)
  return start <= end && end <= meter.lengthOf(place)
}

// A step is what 64 characters take. So many are 50 ms; ten thousand honest addresses take a tenth of them.
const mostSteps = 1_000_000
const stepCharacters = 64

type Meter = ReturnType<typeof createMeter>

/** Addresses may be many, deep and into large things: what finding them costs is counted, and what is measured is kept. */
function createMeter() {
  let left = mostSteps
  const spend = (characters: number): boolean => {
    left -= 1 + characters / stepCharacters
    return left > 0
  }
  const once = (measure: (text: string) => number, space: number) => {
    const known = new Map<unknown, number>()
    return (place: unknown): number => {
      const before = known.get(place)
      if (before !== undefined) return before
      const text = typeof place === 'string' ? place : JSON.stringify(place ?? null, null, space)
      spend(text.length)
      const measured = measure(text)
      known.set(place, measured)
      return measured
    }
  }
  const lengthOfText = once((text) => text.length, 0)
  return {
    spend,
    isSpent: () => left <= 0,
    lengthOf: (place: unknown) => (place === undefined || place === null ? 0 : lengthOfText(place)),
    linesOf: once((text) => text.split('\n').length, 2),
  }
}

function isBox(text: string): boolean {
  const corners = text.split(',').map((corner) => (corner === '' ? NaN : Number(corner)))
  return corners.length === 4 && corners.every((corner) => corner >= 0 && corner < Infinity)
}
