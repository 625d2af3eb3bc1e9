import { createParser } from 'eventsource-parser'
import type { Grows } from './sse-run.ts'
import { createRunReader } from './sse-runs.ts'

/**
 * Bytes to server-sent events. One streaming decoder for the whole body, so that a character cut anywhere stays
 * one character. What nothing ends is still told at the end if it is whole: providers forget the final blank line,
 * or put a bare JSON error behind their events, and what it says has been paid for.
 */
export type SseEvent = { readonly event?: string | undefined; readonly data: string }

export type SseReader = {
  readonly feed: (bytes: Uint8Array) => void
  /** Tells a last event that is whole. False if the stream stopped within an event, or one outgrew the bound. */
  readonly finish: () => boolean
}

const defaultMostCharacters = 64 * 1024 * 1024

/**
 * `mostCharacters` bounds one event: behind a longer one nothing is told any more. `grows`: runs of events that differ only
 * in a text that grows are told as one event.
 */
export function createSseReader(
  onEvent: (event: SseEvent) => void,
  mostCharacters = defaultMostCharacters,
  grows: Grows = () => null,
): SseReader {
  const decoder = new TextDecoder()
  const bare = createBareJson(mostCharacters)
  let tell = onEvent
  let isOver = false
  let tail = ''
  const parser = createParser({
    // What the parser holds depends on the cuts, so its own bound is a little wider than the one that is told.
    maxBufferSize: mostCharacters + 64,
    onEvent: (event) => {
      if (event.data.length > mostCharacters) isOver = true
      runs.hear(event)
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') isOver = true
    },
  })
  const runs = createRunReader({
    // The parser throws once it has told that an event is too long.
    parse: (text) => {
      if (isOver) return
      parser.feed(text)
      bare.feed(text)
    },
    tell: (event) => {
      if (!isOver) tell(event)
    },
    onRun: bare.pass,
    grows,
    mostCharacters,
  })
  function read(text: string): void {
    if (isOver || text === '') return
    runs.read(text)
    tail = text.length < 3 ? (tail + text).slice(-3) : text.slice(-3)
  }
  function finish(): boolean {
    read(decoder.decode())
    if (isOver) return false
    let last: SseEvent | undefined
    tell = (event) => (last = event)
    parser.feed('\n\n')
    isOver = true
    const text = bare.text()
    if (last === undefined && isWhole(text)) last = { data: text }
    const isEnded = tail === '' || blankLine.test(tail)
    if (last === undefined) return isEnded
    const whole = isEnded ? last.data : wholePart(last.data)
    if (whole !== '') onEvent({ ...last, data: whole })
    return whole === last.data
  }
  return { feed: (bytes) => read(decoder.decode(bytes, { stream: true })), finish }
}

const blankLine = /(?:\n\r?\n|\r\r\n?)$/

/** All of it, or of one event a line, as providers send them that forget all blank lines, those that are whole. */
function wholePart(data: string): string {
  if (isWhole(data)) return data
  const lines = data.split('\n')
  const broken = lines.findIndex((line) => line !== '' && !isWhole(line))
  return (broken === -1 ? lines : lines.slice(0, broken)).join('\n')
}

/** An event that nothing ended may have been cut anywhere: what is half a JSON text is half an event. */
function isWhole(data: string): boolean {
  if (data.startsWith('[DONE]')) return true
  if (!data.startsWith('{')) return false
  try {
    JSON.parse(data)
    return true
  } catch {
    return false
  }
}

type BareJson = {
  readonly feed: (text: string) => void
  /** Events have passed that it was not fed: what it keeps was not the last of the stream. */
  readonly pass: () => void
  readonly text: () => string
}

/** Keeps what follows a line that starts with a brace: no line of an event stream does. */
function createBareJson(mostCharacters: number): BareJson {
  let kept = ''
  let isKeeping = false
  let isPassed = false
  let isLineStart = true
  function feed(text: string): void {
    if (isKeeping) {
      if (kept.length + text.length <= mostCharacters) kept += text
      return
    }
    const start = bareStart(text, isLineStart)
    isLineStart = text.endsWith('\n') || text.endsWith('\r')
    if (start === -1) return
    isKeeping = true
    kept = text.slice(start)
  }
  function pass(): void {
    if (isKeeping) isPassed = true
  }
  return { feed, pass, text: () => (isPassed ? '' : kept.trimEnd()) }
}

function bareStart(text: string, isLineStart: boolean): number {
  if (isLineStart && text.startsWith('{')) return 0
  const lineFeed = text.indexOf('\n{')
  const carriageReturn = text.indexOf('\r{')
  if (lineFeed === -1 && carriageReturn === -1) return -1
  const isOnlyOne = lineFeed === -1 || carriageReturn === -1
  return 1 + (isOnlyOne ? Math.max(lineFeed, carriageReturn) : Math.min(lineFeed, carriageReturn))
}
