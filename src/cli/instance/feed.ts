import { Value } from '@sinclair/typebox/value'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { TraceHead } from '../../trace/trace.ts'
import { type Ask, parseJson } from './ask.ts'
import { Head } from './shape.ts'

/**
 * The live feed, gathered until it is taken. Traces that were stored together end with the event that has an id:
 * only then do they count, so that after a break nothing is told twice or never.
 */
export type Feed = {
  readonly take: () => { readonly traces: TraceHead[]; readonly cursor: string; readonly missed: boolean }
  readonly isOver: () => boolean
  readonly close: () => void
}

/** Past so many nobody reads on until they are taken: the store of that Weir keeps the rest. */
const mostWaiting = 10_000
const mostCharacters = 1024 * 1024

export async function openFeed(ask: Ask, cursor: string | null): Promise<Feed> {
  const response = await ask.open('live', cursor === null ? {} : { headers: { 'last-event-id': cursor } })
  const body = response?.body
  const isFeed = response?.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (!isFeed || body === null || body === undefined) throw ask.stranger()
  const gathered = gather(ask)
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader()
  let isOver = false

  async function read(): Promise<void> {
    const decoder = new TextDecoder()
    for (;;) {
      await gathered.room()
      const { value, done } = await reader.read()
      if (done) return
      gathered.feed(decoder.decode(value, { stream: true }))
    }
  }

  // Whether it ended or broke off, it is opened anew from the cursor; what stands in the way is told then.
  const over = (): void => {
    isOver = true
    gathered.ready.resolve()
  }
  void read().then(over, over)
  await gathered.ready.promise
  if (!gathered.hasBegun())
    throw new Error('The live feed ended before it began: is that Weir being stopped?')
  return {
    take: gathered.take,
    isOver: () => isOver,
    close: () => void reader.cancel().catch(over),
  }
}

function gather(ask: Ask) {
  const ready = Promise.withResolvers<void>()
  let group: TraceHead[] = []
  let traces: TraceHead[] = []
  let cursor = ''
  let missed = false
  let isStrange = false
  let drained = Promise.withResolvers<void>()

  function hear({ id, event, data }: EventSourceMessage): void {
    if (event === 'trace') add(data)
    if (event === 'gap') missed = true
    if (id === undefined) return
    traces.push(...group)
    group = []
    cursor = id
    ready.resolve()
  }

  function add(data: string): void {
    const value = parseJson(data)
    if (Value.Check(Head, value)) group.push(value)
    else isStrange = true
  }

  const parser = createParser({ maxBufferSize: mostCharacters, onEvent: hear })
  return {
    ready,
    hasBegun: () => cursor !== '',
    feed: (text: string) => parser.feed(text),
    room: async () => {
      while (traces.length >= mostWaiting) await drained.promise
    },
    take: () => {
      if (isStrange) throw ask.stranger()
      const taken = { traces, cursor, missed }
      traces = []
      missed = false
      drained.resolve()
      drained = Promise.withResolvers<void>()
      return taken
    },
  }
}
