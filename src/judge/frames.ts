import { concatenate, type Bytes } from '../wire/body.ts'
import { createJsonArrayReader } from '../wire/json-array.ts'
import { createSseReader, type SseEvent } from '../wire/sse.ts'
import { addPlain } from './plain.ts'

/**
 * An answer's bytes in the smallest pieces that can be held or let go: an event with the blank line behind it, an
 * element of a list with what stands before it, or the whole of a JSON body. Every byte is in exactly one of them.
 */
export type Frame = { readonly bytes: Bytes; readonly events: readonly SseEvent[] }

export type Frames = {
  /** What it comes as shows in its first byte; null until that has come. */
  readonly form: () => Form | null
  readonly feed: (bytes: Bytes) => readonly Frame[]
  /** What nothing ended, with what can be read of it. */
  readonly finish: () => readonly Frame[]
  /** Bytes that are in no frame yet. */
  readonly openBytes: () => number
}

export type Form = 'events' | 'elements' | 'whole'

type Framing = Omit<Frames, 'form'>

export function createFrames(isStream: boolean, mostBytes: number): Frames {
  const before: Bytes[] = []
  let form: Form | null = null
  let framing = createWhole()
  return {
    form: () => form,
    feed: (bytes) => {
      if (form !== null) return framing.feed(bytes)
      form = formOf(bytes, isStream)
      if (form === null) {
        before.push(bytes)
        return []
      }
      framing = framingOf(form, mostBytes)
      return framing.feed(before.length === 0 ? bytes : concatenate([...before.splice(0), bytes]))
    },
    finish: () => {
      for (const bytes of before.splice(0)) framing.feed(bytes)
      return framing.finish()
    },
    openBytes: () => (form === null ? sizeOf(before) : framing.openBytes()),
  }
}

// White space and a byte order mark tell nothing.
const skipped: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

function formOf(bytes: Bytes, isStream: boolean): Form | null {
  const first = bytes.find((byte) => !skipped.has(byte))
  if (first === undefined) return null
  if (first === 0x5b) return 'elements'
  return first === 0x7b && !isStream ? 'whole' : 'events'
}

function framingOf(form: Form, mostBytes: number): Framing {
  if (form === 'events') return createEvents(mostBytes)
  return form === 'elements' ? createElements(mostBytes) : createWhole()
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const brace = 0x7b

const none: readonly SseEvent[] = []

/** Cut behind blank lines, so that what is read of a frame is read of no later byte. */
function createEvents(mostBytes: number): Framing {
  let events: SseEvent[] = []
  const reader = createSseReader((event) => events.push(event), mostBytes)
  const open = createOpen()
  let isLineEmpty = true
  // A line's end of which the second half may come yet: Google's SDKs know both halves together only.
  let isAfterReturn = false
  let isBlankReturn = false
  // A line that starts with a brace is no event's: what some providers put behind their events is told at the end.
  let isBare = false
  // The only one that may start with a byte order mark.
  let isFirst = true

  function frameOf(bytes: Bytes): Frame {
    reader.feed(bytes)
    const told = events
    if (told.length === 0) return { bytes, events: none }
    events = []
    return { bytes, events: told }
  }
  /** Where the next blank line ends; -1 if these bytes have none. */
  function blankLineEnd(bytes: Bytes, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]
      // What the cut went through: the second half of an end, or the one that no second half has followed.
      if (isAfterReturn) {
        isAfterReturn = false
        const isBlank = isBlankReturn
        isBlankReturn = false
        if (isBlank) return byte === lineFeed ? at + 1 : at
        if (byte === lineFeed) continue
      }
      if (byte !== lineFeed && byte !== carriageReturn) {
        if (isLineEmpty && byte === brace) isBare = true
        isLineEmpty = false
        continue
      }
      const isBlank = isLineEmpty
      isLineEmpty = true
      if (byte === carriageReturn && at + 1 === bytes.length) {
        isAfterReturn = true
        isBlankReturn = isBlank
        return -1
      }
      if (byte === carriageReturn && bytes[at + 1] === lineFeed) at++
      if (isBlank) return at + 1
    }
    return -1
  }
  function feed(bytes: Bytes): Frame[] {
    const frames: Frame[] = []
    const isBetween = open.size() === 0 && isLineEmpty && !isAfterReturn && !isBare
    let start = isBetween && !isFirst ? addPlain(frames, bytes) : 0
    isFirst = false
    while (!isBare && start < bytes.length) {
      const end = blankLineEnd(bytes, start)
      if (end === -1 || isBare) break
      frames.push(frameOf(open.take(bytes.subarray(start, end))))
      start = end
    }
    if (start < bytes.length) open.add(bytes.subarray(start))
    return frames
  }
  function finish(): Frame[] {
    const bytes = open.take(new Uint8Array(0))
    reader.feed(bytes)
    reader.finish()
    return [{ bytes, events }]
  }
  return { feed, finish, openBytes: open.size }
}

function createElements(mostBytes: number): Framing {
  let told: { readonly data: string; readonly end: number }[] = []
  const reader = createJsonArrayReader((data, end) => told.push({ data, end }), mostBytes)
  const open = createOpen()
  return {
    feed: (bytes) => {
      told = []
      reader.feed(bytes)
      let start = 0
      const frames = told.map(({ data, end }) => {
        const frame = { bytes: open.take(bytes.subarray(start, end)), events: [{ data }] }
        start = end
        return frame
      })
      open.add(bytes.subarray(start))
      return frames
    },
    finish: () => [{ bytes: open.take(new Uint8Array(0)), events: [] }],
    openBytes: open.size,
  }
}

function createWhole(): Framing {
  const open = createOpen()
  return {
    feed: (bytes) => {
      open.add(bytes)
      return []
    },
    finish: () => [{ bytes: open.take(new Uint8Array(0)), events: [] }],
    openBytes: open.size,
  }
}

/** The beginning of a frame, in as many parts as it came in. */
function createOpen() {
  let parts: Bytes[] = []
  let size = 0
  return {
    add: (bytes: Bytes): void => {
      if (bytes.length === 0) return
      parts.push(bytes)
      size += bytes.length
    },
    take: (last: Bytes): Bytes => {
      if (parts.length === 0) return last
      const joined = concatenate([...parts, last])
      parts = []
      size = 0
      return joined
    },
    size: () => size,
  }
}

function sizeOf(parts: readonly Bytes[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0)
}
