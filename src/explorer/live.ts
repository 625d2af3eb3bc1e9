import { effect, signal } from '@preact/signals'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { fetchBytes, refused, token } from './client.ts'

/**
 * The live feed by a streamed `fetch`, because an `EventSource` can send no token. Comes back by itself, from
 * where it was. What it tells is gathered and handed on a few times a second, however much comes.
 */
export type Feed = {
  readonly traces: (arrived: readonly unknown[]) => void
  /** Some traces were not told, or may not have been. */
  readonly gap: () => void
}

export const connection = signal<'connecting' | 'live' | 'lost'>('connecting')

const gatherMs = 200
/** The server says something every 15 s: after so long a silence, nobody is there. */
const silenceMs = 40_000
const firstWaitMs = 500
const mostWaitMs = 15_000

/** Nobody looks at a hidden tab, and a browser has six connections for all tabs of a site together. */
const isSeen = signal(document.visibilityState === 'visible')

export function follow(feed: Feed): void {
  const stay = createStay(feed)
  document.addEventListener('visibilitychange', () => {
    isSeen.value = document.visibilityState === 'visible'
  })
  effect(() => {
    if (!isSeen.value || refused.value !== null) return undefined
    const abort = new AbortController()
    void stay(token.value, abort.signal)
    return () => abort.abort()
  })
}

type Stay = (token: string | null, signal: AbortSignal) => Promise<void>

function createStay(feed: Feed): Stay {
  const gathered = createGatherer(feed.traces)
  let cursor: string | null = null
  let waitMs = firstWaitMs
  const told = ({ event, data, id }: EventSourceMessage) => {
    waitMs = firstWaitMs
    if (event === 'trace') gathered(JSON.parse(data))
    // What came before the feed began was not told either.
    if (event === 'gap' || (event === 'ready' && cursor === null)) feed.gap()
    cursor = id ?? cursor
  }
  return async (_token, signal) => {
    while (!signal.aborted) {
      await listen(cursor, told, signal).catch((error: unknown) => {
        if (!signal.aborted) console.debug('The live feed ended', error)
      })
      if (signal.aborted) return
      connection.value = 'lost'
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      waitMs = Math.min(waitMs * 2, mostWaitMs)
    }
  }
}

async function listen(
  cursor: string | null,
  told: (event: EventSourceMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  const silence = new AbortController()
  const headers: Record<string, string> = cursor === null ? {} : { 'last-event-id': cursor }
  const response = await fetchBytes('/api/live', {
    headers,
    signal: AbortSignal.any([signal, silence.signal]),
  })
  if (response.body === null) return
  connection.value = 'live'
  const parser = createParser({ onEvent: told })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const timer = setTimeout(() => silence.abort(), silenceMs)
    const { value, done } = await reader.read().finally(() => clearTimeout(timer))
    if (done) return
    parser.feed(value)
  }
}

function createGatherer(hand: (all: readonly unknown[]) => void): (one: unknown) => void {
  let gathered: unknown[] = []
  return (one) => {
    if (gathered.push(one) > 1) return
    setTimeout(() => {
      const all = gathered
      gathered = []
      hand(all)
    }, gatherMs)
  }
}
