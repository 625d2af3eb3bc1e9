import { format } from './format.ts'
import { checkSize, type Meter } from './meter.ts'
import { isList } from './operators.ts'
import { trouble } from './trouble.ts'
import { list, textOf, typeName, type Named, type Value } from './value.ts'

/** The methods of strings that rules may call. What changes nothing gives the string itself back, with its place. */
type Method = (self: Value, given: readonly Value[], named: Named, meter: Meter) => Value

// Python's idea of whitespace: JavaScript's lacks the separators of ASCII and NEL, and counts the byte order mark.
const space = String.raw`\t\n\v\f\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`
const spaces = new RegExp(`[${space}]+`, 'g')
const startSpace = new RegExp(`^[${space}]+`)
const endSpace = new RegExp(`[${space}]$`)
const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/

export const stringMethods: Readonly<Record<string, Method>> = {
  lower: (self) => lower(bare(self)),
  upper: (self) => bare(self).toUpperCase(),
  strip: (self, given) => {
    const text = bare(self)
    const [start, end] = stripped(text, given[0] ?? null)
    return start === 0 && end === text.length ? self : text.slice(start, end)
  },
  splitlines: (self, given, _named, meter) => {
    const text = bare(self)
    if (given[0] === true) return list(withEnds(text), 'list')
    const lines = text.split(lineEnd)
    if (lines.at(-1) === '') lines.pop()
    checkSize(meter, lines.length)
    return list(kept(self, lines))
  },
  split: (self, given, named, meter) => {
    const most = given[1] ?? named.get('maxsplit') ?? -1
    const separator = given[0] ?? named.get('sep') ?? null
    if (typeof most !== 'number') return trouble('type', 'split: maxsplit must be a number')
    const parts = separator === null ? words(bare(self), most) : splitAt(bare(self), separator, most)
    checkSize(meter, parts.length)
    return list(kept(self, parts))
  },
  format: (self, given, named, meter) => format(bare(self), given, named, meter),
  join: (self, given, _named, meter) => {
    const items = given[0] ?? null
    const texts = isList(items)
      ? items.items.map(textOf)
      : [...(textOf(items) ?? trouble('type', 'join needs a list'))]
    const wrong = texts.indexOf(undefined)
    if (wrong !== -1) return trouble('type', `join: item ${wrong} is not a string`)
    const separator = bare(self)
    checkSize(
      meter,
      texts.reduce((sum, text) => sum + (text?.length ?? 0) + separator.length, 0),
    )
    return texts.join(separator)
  },
}

/** A split that found nothing gives the string itself, with its place. */
function kept(self: Value, parts: readonly string[]): readonly Value[] {
  return parts.length === 1 && parts[0] === bare(self) ? [self] : parts
}

function bare(self: Value): string {
  return textOf(self) ?? trouble('type', `expected a string, not ${typeName(self)}`)
}

/** Python lowers the final sigma by its word as JavaScript does, so that only the name differs. */
function lower(text: string): string {
  return text.toLowerCase()
}

function stripped(text: string, characters: Value): [number, number] {
  const set = characters === null ? null : new Set(bare(characters))
  if (set === null) {
    const start = startSpace.exec(text)?.[0].length ?? 0
    let end = text.length
    while (end > start && endSpace.test(text[end - 1] ?? '')) end--
    return [start, end]
  }
  let start = 0
  let end = text.length
  for (const letter of text) {
    if (!set.has(letter)) break
    start += letter.length
  }
  while (end > start) {
    const low = text.charCodeAt(end - 1)
    const letter = low >= 0xdc00 && low < 0xe000 ? text.slice(end - 2, end) : text.slice(end - 1, end)
    if (!set.has(letter)) break
    end -= letter.length
  }
  return [start, end]
}

function words(text: string, most: number): string[] {
  const [start, end] = stripped(text, null)
  if (start === end) return []
  const inner = text.slice(start, end)
  if (most < 0) return inner.split(spaces)
  const parts: string[] = []
  let at = 0
  for (const match of inner.matchAll(spaces)) {
    if (parts.length >= most) break
    parts.push(inner.slice(at, match.index))
    at = match.index + match[0].length
  }
  return [...parts, text.slice(start + at)]
}

function splitAt(text: string, separator: Value, most: number): string[] {
  const by = bare(separator)
  if (by === '') return trouble('value', 'empty separator')
  const parts = text.split(by)
  if (most < 0 || parts.length <= most + 1) return parts
  return [...parts.slice(0, most), parts.slice(most).join(by)]
}

function withEnds(text: string): string[] {
  const lines: string[] = []
  let at = 0
  for (const match of text.matchAll(new RegExp(lineEnd, 'g'))) {
    lines.push(text.slice(at, match.index + match[0].length))
    at = match.index + match[0].length
  }
  return at < text.length ? [...lines, text.slice(at)] : lines
}
