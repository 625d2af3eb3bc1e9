import { expect, test } from 'bun:test'
import { commentMs, createLive, mostLagMs, mostReaders, tracesAtOnce } from '../../../src/api/live.ts'
import { Fault } from '../../../src/core/fault.ts'
import { fakeTime, settled } from '../../support/time.ts'
import { fakeTraces, storedTrace, toHead } from '../../support/heads.ts'

function start(fake = fakeTraces()) {
  const time = fakeTime()
  const live = createLive({ traces: fake.traces, subscribe: fake.subscribe, ...time, log: () => {} })
  return { ...fake, time, live }
}

function listen(response: Response) {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  return {
    next: async () => {
      const read = await reader?.read()
      return read?.value === undefined ? null : decoder.decode(read.value)
    },
    leave: async () => reader?.cancel(),
  }
}

const stays = () => new AbortController().signal

test('a reader is told where it starts, then each trace once it is stored', async () => {
  const { live, add } = start(fakeTraces([storedTrace()]))
  const response = live(null, stays())
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const reader = listen(response)
  expect(await reader.next()).toBe('id: 1\nevent: ready\ndata: {}\n\n')
  const waiting = reader.next()
  const one = storedTrace()
  add(one)
  expect(await waiting).toBe(`id: 2\nevent: trace\ndata: ${JSON.stringify(toHead(one.record))}\n\n`)
  await reader.leave()
})

test('traces stored together share one cursor, on the last of them', async () => {
  const { live, add } = start()
  const reader = listen(live(null, stays()))
  await reader.next()
  const waiting = reader.next()
  add(storedTrace(), storedTrace())
  const events = (await waiting)?.trimEnd().split('\n\n') ?? []
  expect(events.length).toBe(2)
  expect(events[0]).toStartWith('event: trace\n')
  expect(events[1]).toStartWith('id: 2\nevent: trace\n')
  await reader.leave()
})

test('who comes back with the last event id is told what came meanwhile', async () => {
  const all = [storedTrace(), storedTrace(), storedTrace()]
  const { live } = start(fakeTraces(all))
  const reader = listen(live('1', stays()))
  expect(await reader.next()).toStartWith('id: 1\nevent: ready\n')
  const told = await reader.next()
  expect([...(told?.match(/"id":"[^"]+"/g) ?? [])]).toEqual(
    all.slice(1).map(({ record }) => `"id":"${record.id}"`),
  )
  await reader.leave()
})

test.each(['a b', 'x'.repeat(65), 'a/b', '1;2'])('"%s" cannot be a last event id', (id) => {
  expect(() => start().live(id, stays())).toThrow(Fault)
})

test('a comment comes each quarter of a minute in which nothing else does', async () => {
  const { live, time } = start()
  const reader = listen(live(null, stays()))
  await reader.next()
  const waiting = reader.next()
  await time.advance(commentMs - 1)
  expect(time.sleepers.size).toBe(1)
  await time.advance(1)
  expect(await waiting).toBe(': still here\n\n')
  await reader.leave()
})

test('a text with line breaks and 4-byte characters stays one line of data', async () => {
  const { live, add } = start()
  const reader = listen(live(null, stays()))
  await reader.next()
  const waiting = reader.next()
  add(storedTrace({ detail: 'a\nb\r\u2028😀' }))
  const told = await waiting
  expect(told?.match(/\n/g)?.length).toBe(4)
  expect(told).toContain('😀')
  await reader.leave()
})

test('nothing is read from the store before the reader reads', async () => {
  const { live, traces, add } = start()
  const calls: unknown[] = []
  const watched = createLive({
    traces: { after: (cursor, limit) => (calls.push(cursor), traces.after(cursor, limit)) },
    subscribe: () => () => {},
    ...fakeTime(),
    log: () => {},
  })
  add(storedTrace())
  const reader = listen(watched('0', stays()))
  await settled()
  expect(calls).toEqual([])
  await reader.leave()
  expect(live).toBeFunction()
})

test('a reader that was slow for a moment misses nothing', async () => {
  const { live, add, time } = start()
  const reader = listen(live(null, stays()))
  await reader.next()
  add(...Array.from({ length: tracesAtOnce * 2 + 1 }, () => storedTrace()))
  await time.advance(mostLagMs)
  const counts = []
  for (let read = 0; read < 3; read++) counts.push((await reader.next())?.match(/event: trace/g)?.length)
  expect(counts).toEqual([tracesAtOnce, tracesAtOnce, 1])
  await reader.leave()
})

test('a reader too far behind for too long is told so and goes on at the newest', async () => {
  const { live, add, time } = start()
  const reader = listen(live(null, stays()))
  await reader.next()
  add(...Array.from({ length: tracesAtOnce }, () => storedTrace()))
  await time.advance(mostLagMs + 1)
  expect(await reader.next()).toStartWith(`id: ${tracesAtOnce}\nevent: gap\ndata: {"message":`)
  const waiting = reader.next()
  add(storedTrace())
  expect(await waiting).toStartWith(`id: ${tracesAtOnce + 1}\nevent: trace\n`)
  await reader.leave()
})

test('a reader that was away long, but missed little, is told the little', async () => {
  const { live, add, time } = start()
  const reader = listen(live(null, stays()))
  await reader.next()
  add(storedTrace())
  await time.advance(mostLagMs * 100)
  expect(await reader.next()).toContain('event: trace')
  await reader.leave()
})

test('a reader that leaves is forgotten, whether by its stream or by its request', async () => {
  const { live, listeners, time } = start()
  const reader = listen(live(null, stays()))
  await reader.next()
  await reader.leave()
  expect(listeners.size).toBe(0)
  const abort = new AbortController()
  const other = listen(live(null, abort.signal))
  await other.next()
  const waiting = other.next()
  await settled()
  abort.abort()
  expect(await waiting).toBeNull()
  expect([listeners.size, time.sleepers.size]).toEqual([0, 0])
})

test('a reader whose request is over already is not kept', () => {
  const { live, listeners } = start()
  live(null, AbortSignal.abort())
  expect(listeners.size).toBe(0)
})

test('a reader that leaves while it waits is no failure', async () => {
  const { traces, subscribe } = fakeTraces()
  const lines: unknown[] = []
  const live = createLive({ traces, subscribe, ...fakeTime(), log: (...line) => void lines.push(line) })
  const reader = listen(live(null, stays()))
  await reader.next()
  const waiting = reader.next()
  await settled()
  await reader.leave()
  expect([await waiting, lines]).toEqual([null, []])
})

test('a store that fails ends the feed and is logged, and the place is free again', async () => {
  const { subscribe, listeners } = start()
  const time = fakeTime()
  const lines: unknown[] = []
  const live = createLive({
    traces: { after: () => Promise.reject(new Error('gone')) },
    subscribe,
    ...time,
    log: (...line) => void lines.push(line),
  })
  const ending = await listen(live(null, stays()))
    .next()
    .then(
      () => 'told',
      () => 'reset',
    )
  expect([ending, lines]).toEqual(['reset', [['error', 'live-feed-failed', { cause: 'gone' }]]])
  await settled()
  expect(listeners.size).toBe(0)
})

test('only so many may read at once, and who leaves makes room', async () => {
  const { live } = start()
  const abort = new AbortController()
  for (let reader = 0; reader < mostReaders; reader++) live(null, abort.signal)
  expect(() => live(null, stays())).toThrow(/As many as may be/)
  abort.abort()
  expect(live(null, stays()).status).toBe(200)
})
