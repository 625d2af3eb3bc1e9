import { locate, type Found, type Source } from '../../conversation/invariant-source.ts'
import { spanAt, toPath } from './edit.ts'
import { mask } from './ranges.ts'

/**
 * The body of a request with the marked texts replaced. Only the strings that are marked change; every other byte stays
 * as the client wrote it.
 */
export type Marked = { readonly ranges: readonly string[] }

/** Null if something is marked that cannot be replaced: a picture, a number, what the body says otherwise. */
export function maskBody(
  text: string,
  sources: readonly Source[],
  findings: readonly Marked[],
): string | null {
  const places = new Map<string, Place>()
  for (const { ranges } of findings) {
    const found = placesOf(text, sources, ranges)
    if (found.length === 0) return null
    for (const place of found) {
      const key = `${place.at} ${place.within}`
      const known = places.get(key)
      places.set(key, known === undefined ? place : { ...place, parts: [...known.parts, ...place.parts] })
    }
  }
  return splice(text, [...places.values()])
}

/** A string in the body, or in the JSON text that a string holds, and which parts of it; null for all of it. */
type Place = { readonly at: string; readonly within: string; readonly parts: readonly Found['range'][] }

/** The parts of texts that are marked; where there are none, the texts that are marked as a whole. */
function placesOf(text: string, sources: readonly Source[], ranges: readonly string[]): Place[] {
  const found = ranges
    .map((address) => locate(sources, address))
    .filter((place): place is Found => place !== null && place.body === 'request')
  const parts = found.filter(({ range }) => range !== null)
  const meant = parts.length > 0 ? parts : found
  return meant.flatMap(({ at, within, range }) => toPlace(text, { at, within, parts: [range] }))
}

/** Arguments stand in the body as a value, or as a text of JSON; either way the end of it must be a string. */
function toPlace(text: string, place: Place): Place[] {
  const { at, within } = place
  const outer = stringIn(text, at)
  if (outer === null)
    return within !== '' && stringIn(text, at + within) !== null
      ? [{ ...place, at: at + within, within: '' }]
      : []
  return within === '' || stringIn(outer.value, within) !== null ? [place] : []
}

type StringIn = { readonly start: number; readonly end: number; readonly value: string }

function stringIn(text: string, pointer: string): StringIn | null {
  const span = spanAt(text, toPath(pointer))
  if (span === null || text[span.start] !== '"') return null
  const value: unknown = JSON.parse(text.slice(span.start, span.end))
  return typeof value === 'string' ? { ...span, value } : null
}

function splice(text: string, places: readonly Place[]): string {
  const byString = Map.groupBy(places, ({ at }) => at)
  const edits = [...byString].flatMap(([at, within]) => {
    const found = stringIn(text, at)
    return found === null ? [] : [{ ...found, by: JSON.stringify(maskString(found.value, within)) }]
  })
  let result = text
  for (const { start, end, by } of edits.toSorted((one, other) => other.start - one.start)) {
    result = result.slice(0, start) + by + result.slice(end)
  }
  return result
}

function maskString(value: string, places: readonly Place[]): string {
  const own = places.filter(({ within }) => within === '')
  if (own.length > 0)
    return maskParts(
      value,
      own.flatMap(({ parts }) => parts),
    )
  return splice(
    value,
    places.map(({ within, parts }) => ({ at: within, within: '', parts })),
  )
}

/** Ranges count code points; those that overlap or touch are replaced as one. */
export function maskParts(value: string, parts: readonly Found['range'][]): string {
  const told = parts.filter((part) => part !== null)
  if (told.length < parts.length) return mask
  const ranges = told
    .filter(({ start, end }) => start < end)
    .toSorted((one, other) => one.start - other.start)
  const points = Array.from(value)
  let result = ''
  let at = 0
  for (const { start, end } of ranges) {
    const isJoined = at > 0 && start <= at
    if (!isJoined) result += points.slice(at, start).join('') + mask
    at = Math.max(at, end)
  }
  return result + points.slice(at).join('')
}
