import type { Place } from '../value/value.ts'
import type { Trace } from './read.ts'

/** A place in upstream's words (`1.content.0.text`), and as a path for those who work with it. */
export type Span = {
  /** Index of the message in the list that was judged; `event` counts every tool of a `tools` message. */
  readonly message: number
  readonly event: number
  readonly path: readonly (string | number)[]
  /** The part of the string at that path, in code points and in UTF-16; null for the whole of what stands there. */
  readonly part: {
    readonly start: number
    readonly end: number
    readonly from: number
    readonly to: number
  } | null
}

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = []
  for (let at = place; at.parent !== null; at = at.parent) path.push(at.key)
  return path.reverse()
}

export function toSpan(place: Place, part: Span['part'], trace: Trace): Span {
  return { message: trace.inputs[place.event] ?? place.event, event: place.event, path: pathOf(place), part }
}

export function toAddress({ event, path, part }: Span): string {
  const address = ['messages', event, ...path].join('.')
  return part === null ? address : `${address}:${part.start}-${part.end}`
}

/** How many code points the string has up to this offset. */
export function codePointsBefore(text: string, offset: number, from = 0): number {
  let count = 0
  for (let at = from; at < offset; at++) {
    const unit = text.charCodeAt(at)
    const isPair = unit >= 0xd800 && unit < 0xdc00 && at + 1 < text.length && isLow(text.charCodeAt(at + 1))
    if (isPair) at++
    count++
  }
  return count
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}

export function codePoints(text: string): number {
  return codePointsBefore(text, text.length)
}
