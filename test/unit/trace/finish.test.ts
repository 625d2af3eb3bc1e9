import { expect, test } from 'bun:test'
import type { Rebuild } from '../../../src/trace/exchange.ts'
import { createReader } from '../../../src/trace/read.ts'
import {
  batchOf,
  beginOf,
  countOf,
  createRebuild,
  endOf,
  keeperOf,
  memoryStore,
  said,
  streamHead,
  whole,
} from '../../support/traces.ts'

const request = '{"model":"small","messages":[{"role":"user","content":"Hello"}]}'
const reply = '{"choices":[{"message":{"content":"Hi"}}]}'
const sha = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')
const sumOf = (text: string) => ({ bytes: Buffer.byteLength(text), sha256: sha(text) })
const events = ['data: Hel\n\n', 'data: lo 😀\n\n', 'data: [DONE]\n\n']
const stream = events.join('')

test('sums of what was sent follow from what was changed, put in and taken', () => {
  const store = memoryStore()
  const end = endOf(request, stream, {
    requestSplice: { at: 10, length: 5, with: 'another' },
    sentBytes: 20,
    insertions: [
      { at: 11, length: 0, with: ': wait\n\n' },
      { at: 20, length: 0, with: 'event: error\n\n' },
    ],
    outcome: 'client-left',
  })
  const one = keeperOf(store)
  one.keep(
    batchOf(1, said('a', request, stream, { begin: beginOf({ stream: true }), head: streamHead, end })),
  )
  one.keep(
    batchOf(2, said('b', request, events[0] ?? '', { begin: beginOf({ stream: true }), head: streamHead })),
  )
  one.keep(batchOf(3, said('b', '', events.slice(1).join(''), { end })))
  const sent = `${request.slice(0, 10)}another${request.slice(15)}`
  const bytes = Buffer.from(stream)
  const took = Buffer.concat([
    bytes.subarray(0, 11),
    Buffer.from(': wait\n\n'),
    bytes.subarray(11, 20),
    Buffer.from('event: error\n\n'),
  ])
  const replySent = { bytes: took.length, sha256: new Bun.CryptoHasher('sha256').update(took).digest('hex') }
  for (const id of ['a', 'b']) {
    expect(createReader(store).get(id)?.sizes).toMatchObject({ requestSent: sumOf(sent), replySent })
  }
})

test('bytes beyond the bounds are counted as dropped, and their sums are still true', () => {
  const store = memoryStore()
  const keeper = keeperOf(store, { means: { mostRequestBytes: 10, mostReplyBytes: 12 } })
  keeper.keep(
    batchOf(1, said('a', request, events[0] ?? '', { begin: beginOf({ stream: true }), head: streamHead })),
  )
  keeper.keep(batchOf(2, said('a', '', events.slice(1).join(''), { end: endOf(request, stream) })))
  const trace = createReader(store).get('a')
  expect(trace?.dropped).toEqual({ request: request.length - 10, reply: Buffer.byteLength(stream) - 12 })
  expect(trace?.kept).toEqual({ request: 10, reply: 12 })
  expect(trace?.sizes).toMatchObject({ requestReceived: sumOf(request), replyReceived: sumOf(stream) })
  expect(createReader(store).raw('a')?.bytes.toString()).toBe(stream.slice(0, 12))
})

test('bytes that never came here make a sum unknown', () => {
  const store = memoryStore()
  const end = endOf(request, reply, { replyBytes: 1000, sentBytes: 1000, requestBytes: 500 })
  keeperOf(store).keep(batchOf(1, whole('a', request, reply, { end })))
  const trace = createReader(store).get('a')
  expect(trace?.sizes).toEqual({
    requestReceived: { bytes: 500, sha256: null },
    requestSent: { bytes: 500, sha256: null },
    replyReceived: { bytes: 1000, sha256: null },
    replySent: { bytes: 1000, sha256: null },
  })
  expect(trace?.dropped).toEqual({ request: 500 - request.length, reply: 1000 - reply.length })
})

test('an exchange that Weir refused has no answer, and the sum of an empty body is known', () => {
  const store = memoryStore()
  const end = endOf('', '', { outcome: 'refused', detail: 'No such model', status: 404, attempts: 0 })
  const begin = beginOf({ provider: null, dialect: null, model: null })
  keeperOf(store).keep(
    batchOf(
      1,
      said('a', '', '', { begin, end }),
      said('b', '{}', '', { begin, end: { ...end, requestBytes: 2 } }),
    ),
  )
  const trace = createReader(store).get('a')
  expect(trace).toMatchObject({
    outcome: 'refused',
    detail: 'No such model',
    request: null,
    reply: null,
    usage: null,
  })
  expect(trace?.sizes.requestReceived).toEqual(sumOf(''))
  const { requestReceived, requestSent } = createReader(store).get('b')?.sizes ?? {}
  expect([requestReceived, requestSent]).toEqual([sumOf('{}'), sumOf('')])
})

test('what neither reads as JSON nor as text is described', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const report = said('a', '', '', {
    begin: beginOf({ dialect: null }),
    head: { status: 200, headers: [] },
  }).report
  const bytes = Uint8Array.from([0xff, 0xfe, 0x00])
  const end = endOf('', 'abc')
  keeper.keep({ number: 1, reports: [{ ...report, replyLength: 3, end }], bytes: bytes.buffer })
  const sha256 = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
  expect(createReader(store).get('a')?.reply).toEqual({
    kind: 'binary',
    contentType: null,
    bytes: 3,
    sha256,
  })
})

test('a rebuild that throws costs the rebuilt answer, not the trace', () => {
  const store = memoryStore()
  const broken = (): never => {
    throw new TypeError('a bug')
  }
  const logged: string[] = []
  const log = (_: string, event: string) => void logged.push(event)
  for (const rebuild of [
    { feed: broken, finish: () => null },
    { feed: () => undefined, finish: broken },
  ]) {
    const keeper = keeperOf(store, {
      sender: String(logged.length),
      means: { createRebuild: () => rebuild, log },
    })
    keeper.keep(batchOf(1, whole(`a${logged.length}`, request, reply)))
  }
  expect(logged).toEqual(['rebuild-failed', 'rebuild-failed'])
  expect(createReader(store).get('a0')).toMatchObject({
    outcome: 'answered',
    answer: null,
    reply: JSON.parse(reply),
  })
  expect(countOf(store, 'traces')).toBe(2)
})

test('arguments are kept as they were written, without the secrets in them', () => {
  const store = memoryStore()
  const text = '{"price":  1.0, "key": "sk-very-secret"}'
  const rebuilt = {
    body: { content: [{ input: { price: 1 } }] },
    ending: 'complete',
    model: 'm',
    usage: null,
    error: null,
    unknownEvents: {},
  } as const
  const replies = {
    told: { ...rebuilt, argumentTexts: { '/content/0/input': text } },
    none: { ...rebuilt, argumentTexts: {} },
  }
  for (const [id, finished] of Object.entries(replies)) {
    const createRebuild = () => ({ feed: () => undefined, finish: () => finished })
    const begin = beginOf({ secrets: ['sk-very-secret'] })
    keeperOf(store, { sender: id, means: { createRebuild } }).keep(
      batchOf(1, whole(id, request, reply, { begin })),
    )
  }
  const { get } = createReader(store)
  const told = { ending: 'complete', model: 'm', error: null, unknownEvents: {} } as const
  expect(get('told')?.answer).toEqual({
    ...told,
    argumentTexts: { '/content/0/input': '{"price":  1.0, "key": "**************"}' },
  })
  expect(get('none')?.answer).toEqual(told)
})

test('an answer with a gap in it is rebuilt from what is kept, as one that broke off', () => {
  const told: (string | undefined)[] = []
  const rebuild: Rebuild = {
    feed: (bytes) => told.push(String(bytes)),
    finish: (stop) => (told.push(stop), null),
  }
  const { report } = said('a', '', 'data: Hi\n\n', { begin: beginOf(), head: streamHead })
  const keeper = keeperOf(memoryStore(), { means: { createRebuild: () => rebuild } })
  keeper.keep(batchOf(1, { report, request: '', reply: 'data: Hi\n\n' }))
  keeper.keep(
    batchOf(2, said('a', '', 'data: you\n\n', { end: endOf('', 'data: Hi\n\ndata: dear\n\ndata: you\n\n') })),
  )
  expect(told).toEqual(['data: Hi\n\n', 'data: you\n\n', 'torn'])
})

test('nothing of an answer is read before it is over', () => {
  let made = 0
  const keeper = keeperOf(memoryStore(), { means: { createRebuild: (of) => (made++, createRebuild(of)) } })
  keeper.keep(batchOf(1, said('a', '', 'data: Hi\n\n', { begin: beginOf(), head: streamHead })))
  expect(made).toBe(0)
  keeper.keep(batchOf(2, said('a', '', '', { end: endOf('', 'data: Hi\n\n') })))
  expect(made).toBe(1)
})
