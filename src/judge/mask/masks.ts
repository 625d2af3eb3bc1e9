import { locate, type Found, type Source } from '../../conversation/invariant-source.ts'
import { readJson } from '../../conversation/json.ts'
import { toAddress, type Span } from '../../guard/trace/address.ts'
import type { Violation } from '../../guard/violation.ts'
import type { Ear, Heard, Path, Piece } from '../hear/heard.ts'
import { editJson, leavesOf, toPath, valueAt, type Edit } from './edit.ts'
import { cut, joined, mask, type Range } from './ranges.ts'

/**
 * What of an answer's texts the client is not to see, by the text it stands in. A range stays masked wherever the text
 * is told again; what has left already cannot be masked any more.
 */
export type Masks = {
  /** Where in their texts the pieces of an event stand. Each event once, in order. */
  readonly place: (heard: Heard) => readonly Placed[]
  /** False if something that is marked cannot be masked. */
  readonly lay: (violation: Violation, sources: readonly Source[], from: number) => boolean
  /** The piece as the client may have it; null if it may have it as it is. */
  readonly over: (piece: Placed, told: unknown) => readonly Edit[] | null
  readonly left: (pieces: readonly Placed[]) => void
  readonly isEmpty: () => boolean
}

export type Placed = Piece & { readonly from: number }

type Channel = {
  /** How much of it has come, and has left. */
  length: number
  left: number
  /** All of it, where it is JSON in pieces or may be. */
  text: string
  ranges: readonly Range[]
  /** Within the JSON that it is. */
  values: readonly (Range & { readonly within: Path })[]
  isAll: boolean
}

export function createMasks(ear: Ear): Masks {
  const channels = new Map<string, Channel>()
  let isEmpty = true

  function channelOf(name: string): Channel {
    let channel = channels.get(name)
    if (channel === undefined) {
      channel = { length: 0, left: 0, text: '', ranges: [], values: [], isAll: false }
      channels.set(name, channel)
    }
    return channel
  }
  function place({ pieces }: Heard): Placed[] {
    return pieces.map((piece) => {
      const channel = channelOf(piece.channel)
      if (piece.is !== 'next') return { ...piece, from: 0 }
      const from = channel.length
      channel.length += piece.text.length
      channel.text += piece.text
      return { ...piece, from }
    })
  }
  function lay(violation: Violation, sources: readonly Source[], from: number): boolean {
    const spans = markedIn(violation, from)
    const found = spans.flatMap((span) => foundBy(span, sources))
    if (found.length === 0) return false
    isEmpty = false
    return found.map(layOne).every((isLaid) => isLaid)
  }
  function layOne({ found, part }: Marked): boolean {
    const name = ear.channelAt(found.at)
    const channel = name === null ? undefined : channels.get(name)
    if (channel === undefined) return false
    const range = part ?? { from: 0, to: Infinity }
    if (range.from >= range.to) return true
    if (found.within !== '') {
      const value = { ...range, within: toPath(found.within) }
      const isKnown = channel.values.some((each) => isSame(each, value))
      if (!isKnown) channel.values = [...channel.values, value]
      return isKnown || channel.left === 0
    }
    if (found.range === null && part === null && readJson(channel.text || 'x') !== undefined)
      channel.isAll = true
    const isKnown = channel.ranges.some(({ from, to }) => from <= range.from && to >= range.to)
    if (!isKnown) channel.ranges = joined([...channel.ranges, range])
    return isKnown || range.to > channel.left
  }
  function over(piece: Placed, told: unknown): readonly Edit[] | null {
    const channel = channels.get(piece.channel)
    if (channel === undefined || (channel.ranges.length === 0 && channel.values.length === 0)) return null
    const { path, text } = piece
    switch (piece.is) {
      case 'seal':
        return [{ path, raw: '""' }]
      case 'value':
        return editsOf(channel, valueAt(told, path)).map((edit) => ({
          ...edit,
          path: [...path, ...edit.path],
        }))
      case 'again':
        return changed(path, text, isJson(channel) ? inJson(channel, text) : cut(text, 0, channel.ranges))
      case 'next':
        if (!isJson(channel)) return changed(path, text, cut(text, piece.from, channel.ranges))
        // All of it with its first piece: a value need not be cut where its text was.
        return changed(path, text, piece.from === 0 ? inJson(channel, channel.text) : '')
    }
  }
  return {
    place,
    lay,
    over,
    left: (pieces) => {
      for (const { channel, from, text, is } of pieces) {
        if (is === 'next') channelOf(channel).left = Math.max(channelOf(channel).left, from + text.length)
      }
    },
    isEmpty: () => isEmpty,
  }
}

type Marked = { readonly found: Found; readonly part: Range | null }

/** The marks that say which part, if any of them does; of marks within one another the inner ones. */
function markedIn({ spans }: Violation, from: number): Span[] {
  const own = spans.filter(({ message }) => message >= from)
  const parts = own.filter(({ part }) => part !== null)
  if (parts.length > 0) return parts
  return own.filter((span) => !own.some((other) => other !== span && isWithin(other, span)))
}

function isWithin(inner: Span, outer: Span): boolean {
  return (
    inner.event === outer.event &&
    inner.path.length > outer.path.length &&
    outer.path.every((step, at) => inner.path[at] === step)
  )
}

/** A whole message is everything in it. */
function foundBy(span: Span, sources: readonly Source[]): Marked[] {
  const { part, path, message } = span
  const source = sources[message]
  if (source === undefined || source.body !== 'reply') return []
  if (path.length === 0) {
    return [...source.paths.values()].map(({ at }) => ({
      found: { body: 'reply', at, within: '', range: null },
      part: null,
    }))
  }
  const found = locate(sources, toAddress(span))
  if (found === null) return []
  return [{ found, part: part === null || found.range === null ? null : { from: part.from, to: part.to } }]
}

function isSame(a: Range & { readonly within: Path }, b: Range & { readonly within: Path }): boolean {
  return a.from === b.from && a.to === b.to && a.within.join('/') === b.within.join('/')
}

function isJson({ values, isAll }: Channel): boolean {
  return values.length > 0 || isAll
}

function inJson(channel: Channel, text: string): string {
  return editJson(text, editsOf(channel, readJson(text)))
}

function editsOf({ values, ranges }: Channel, value: unknown): Edit[] {
  if (ranges.length > 0) return leavesOf(value).map(({ path }) => ({ path, raw: JSON.stringify(mask) }))
  const byPlace = new Map<string, { readonly path: Path; ranges: readonly Range[] }>()
  for (const { within, ...range } of values) {
    for (const { path } of leavesOf(valueAt(value, within), within)) {
      const key = path.join('/')
      byPlace.set(key, { path, ranges: joined([...(byPlace.get(key)?.ranges ?? []), range]) })
    }
  }
  return [...byPlace.values()].map(({ path, ranges }) => {
    const text = valueAt(value, path)
    return { path, raw: JSON.stringify(typeof text === 'string' ? cut(text, 0, ranges) : mask) }
  })
}

function changed(path: Path, before: string, after: string): Edit[] | null {
  return before === after ? null : [{ path, raw: JSON.stringify(after) }]
}
