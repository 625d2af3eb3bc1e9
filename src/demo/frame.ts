import { isText, type Text } from './text.ts'
import type { Json } from './json.ts'

/**
 * A frame is one event of a stream, or a whole body, before it is bytes. Its data may hold texts that are not
 * made yet: they are written piece by piece.
 */
export type Data = Json | Text | readonly Data[] | { readonly [key: string]: Data | undefined }

export type Frame = {
  /** token: carries a piece of the answer. end: without it the stream has not ended properly. */
  readonly kind: 'open' | 'token' | 'close' | 'end'
  readonly event?: string
  readonly data: Data
  /** Spaces before the closing brace: Anthropic hides the length of its tokens so. */
  readonly padding?: number
  /** The bytes that the frame has at least: more such spaces make it so. */
  readonly width?: number
}

/** How frames become a body: server-sent events with either line end, a JSON array, or one JSON document. */
export type Framing = 'sse' | 'sse-crlf' | 'array' | 'document'

/** The data of the event that ends OpenAI's streams; not JSON. */
export const done = '[DONE]'

const chunkSize = 16 * 1024

/** The frame as text, whole unless it is longer than 16 KB. */
export function* written(frame: Frame, framing: Framing, isFirst: boolean): Iterable<string> {
  const head = before(frame, framing, isFirst)
  const tail = after(frame, framing)
  let chunk = head
  for (const text of json(frame, head.length + tail.length)) {
    chunk += text
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = ''
  }
  yield chunk + tail
}

/** An event that no parser can read: the first half of a frame's JSON, properly framed. */
export function garbled(frame: Frame, framing: Framing, isFirst: boolean): string {
  const whole = [...json(frame, 0)].join('')
  return (
    before(frame, framing, isFirst) +
    whole.slice(0, whole.length / 2) +
    after({ ...frame, kind: 'token' }, framing)
  )
}

function before(frame: Frame, framing: Framing, isFirst: boolean): string {
  if (framing === 'document') return ''
  if (framing === 'array') return isFirst ? '[' : ',\r\n'
  const line = framing === 'sse' ? '\n' : '\r\n'
  return frame.event === undefined ? 'data: ' : `event: ${frame.event}${line}data: `
}

function after(frame: Frame, framing: Framing): string {
  if (framing === 'document') return '\n'
  if (framing === 'array') return frame.kind === 'end' ? '\r\n]' : '\r\n'
  return framing === 'sse' ? '\n\n' : '\r\n\r\n'
}

/** `around` are the bytes before and after: they count for the width. */
function* json(frame: Frame, around: number): Iterable<string> {
  if (frame.data === done) return yield done
  const { padding = 0, width = 0 } = frame
  if (padding === 0 && width === 0) return yield* pieces(frame.data)
  let size = around
  let last = ''
  for (const piece of pieces(frame.data)) {
    yield last
    size += Buffer.byteLength(piece)
    last = piece
  }
  yield last.slice(0, -1) + ' '.repeat(Math.max(padding, width - size)) + last.slice(-1)
}

/** What `JSON.stringify` gives, in pieces, and with texts written as strings. */
function* pieces(data: Data | undefined): Iterable<string> {
  if (typeof data !== 'object' || data === null) return yield JSON.stringify(data)
  if (isText(data)) return yield* quoted(data)
  if (isDataList(data)) return yield* list(data)
  let separator = '{'
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined) continue
    yield `${separator}${JSON.stringify(key)}:`
    yield* pieces(value)
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}

function* list(data: readonly Data[]): Iterable<string> {
  let separator = '['
  for (const entry of data) {
    yield separator
    yield* pieces(entry)
    separator = ','
  }
  yield separator === '[' ? '[]' : ']'
}

function* quoted(text: Text): Iterable<string> {
  yield '"'
  for (const piece of text.pieces()) yield JSON.stringify(piece).slice(1, -1)
  yield '"'
}

function isDataList(data: Data): data is readonly Data[] {
  return Array.isArray(data)
}
