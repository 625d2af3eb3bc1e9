import { expect, test } from 'bun:test'
import { openInstance } from '../../../../src/cli/instance/instance.ts'
import type { TraceHead } from '../../../../src/trace/trace.ts'
import { storedTrace, toHead } from '../../../support/heads.ts'
import { createStranger, createWeir, goesOn, idsIn, idsOf, tracesAt } from './weir.ts'

type Weir = ReturnType<typeof createWeir>

/** Asks again until so many have been told: the feed comes in its own time, though all in this process. */
async function told({ source }: Weir, query: object, cursor: string, count: number) {
  const traces: TraceHead[] = []
  let last = cursor
  for (let turn = 0; turn < 1000 && traces.length < count; turn++) {
    const news = await source.after(query, last)
    traces.push(...news.traces)
    last = news.cursor
    await new Promise(setImmediate)
  }
  return { ids: idsOf(traces), cursor: last }
}

test('what is stored after the first question is told, in order and once', async () => {
  const weir = createWeir(tracesAt(1, 2))
  const { traces, cursor } = await weir.source.after({}, null)
  expect(traces).toEqual([])
  const more = tracesAt(3, 4)
  weir.add(...more)
  const first = await told(weir, {}, cursor, 2)
  expect(first.ids).toEqual(idsIn(more))
  const last = tracesAt(5)
  weir.add(...last)
  expect((await told(weir, {}, first.cursor, 1)).ids).toEqual(idsIn(last))
  expect(weir.asked).toEqual(['GET /api/live'])
  await weir.source.close()
})

test('what does not fit is left out, and texts are asked for', async () => {
  const weir = createWeir()
  const { cursor } = await weir.source.after({}, null)
  const best = { startedAt: 2000, project: 'p', status: 201, verdict: 'block', request: 'a zebra' } as const
  const fitting = storedTrace(best)
  const others = [
    storedTrace({ ...best, project: 'q' }),
    storedTrace({ ...best, status: 200 }),
    storedTrace({ ...best, verdict: 'allow' }),
    storedTrace({ ...best, request: 'a horse' }),
    storedTrace({ ...best, startedAt: 999 }),
    storedTrace({ ...best, startedAt: 3000 }),
  ]
  weir.add(...others.slice(0, 4), fitting, ...others.slice(4))
  const query = { project: 'p', status: 201, verdict: 'block', since: 1000, until: 3000, text: 'zebra' }
  expect((await told(weir, query, cursor, 1)).ids).toEqual(idsIn([fitting]))
  await weir.source.close()
})

test('a feed that ended is opened anew where it was', async () => {
  const event = (id: string, at: number) =>
    `event: trace\nid: ${id}\ndata: ${JSON.stringify(toHead(storedTrace({ startedAt: at }).record))}\n\n`
  const asked: (string | null)[] = []
  const source = createStranger(({ headers }) => {
    const from = headers.get('last-event-id')
    asked.push(from)
    // The second half of a group breaks off before its id: it does not count.
    const half = event('x', 3).replace('id: x\n', '')
    return new Response(
      `event: ready\nid: ${from ?? '5'}\ndata: {}\n\n${event(`${asked.length}0`, 1)}${half}`,
      {
        headers: { 'content-type': 'text/event-stream' },
      },
    )
  })
  const starts: number[] = []
  let cursor: string | null = null
  for (let turn = 0; turn < 1000 && asked.length < 3; turn++) {
    const news = await source.after({}, cursor)
    starts.push(...news.traces.map(({ startedAt }) => startedAt))
    cursor = news.cursor
    await new Promise(setImmediate)
  }
  expect(asked.slice(0, 3)).toEqual([null, '10', '20'])
  expect(new Set(starts)).toEqual(new Set([1]))
})

test('a gap is told to the user', async () => {
  const warnings: string[] = []
  const text = 'event: ready\nid: 1\ndata: {}\n\nevent: gap\nid: 9\ndata: {}\n\n'
  const source = openInstance({
    url: 'http://localhost:1',
    token: null,
    stop: goesOn,
    send: async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } }),
    warn: (message) => void warnings.push(message),
  })
  expect((await source.after({}, null)).traces).toEqual([])
  await source.after({}, '1')
  expect(warnings[0]).toBe('Some traces are missing here, because they came faster than they were read')
})

test('a feed that tells something else is not a Weir, and one that ends at once is said to', async () => {
  const feedOf = (text: string) =>
    createStranger(() => new Response(text, { headers: { 'content-type': 'text/event-stream' } }))
  for (const data of ['{"id":"x"}', 'half {']) {
    const source = feedOf(`event: trace\nid: 2\ndata: ${data}\n\n`)
    await expect(source.after({}, null)).rejects.toThrow('is not a Weir')
  }
  await expect(feedOf('').after({}, null)).rejects.toThrow('ended before it began')
})
