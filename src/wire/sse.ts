import { createParser } from 'eventsource-parser'

/**
 * Bytes to server-sent events. One streaming decoder for the whole body, so that a character cut anywhere
 * stays one character. An event without its final blank line is still told at the end if `finish` is called:
 * providers forget it, and what it says has been paid for.
 */
export type SseEvent = { readonly event: string | undefined; readonly data: string }

export type SseReader = {
  readonly feed: (bytes: Uint8Array) => void
  readonly finish: () => void
}

export function createSseReader(onEvent: (event: SseEvent) => void): SseReader {
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent: ({ event, data }) => onEvent({ event, data }) })
  return {
    feed: (bytes) => parser.feed(decoder.decode(bytes, { stream: true })),
    finish: () => {
      parser.feed(decoder.decode())
      // An event is told at a blank line: give it one. After a whole event this is no event at all.
      parser.feed('\n\n')
    },
  }
}
