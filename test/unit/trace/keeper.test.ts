import { expect, test } from 'bun:test'
import { unpackData } from '../../../src/trace/data.ts'
import { createReader } from '../../../src/trace/read.ts'
import {
  batchOf,
  beginOf,
  countOf,
  endOf,
  jsonHead,
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
const kept = { kind: 'kept', finished: 0, saved: 0, bad: 0, repeated: 0 } as const

const events = ['data: Hel\n\n', 'data: lo 😀\n\n', 'data: [DONE]\n\n']
const stream = events.join('')

test('a report with all of an exchange becomes a trace with its bodies, sums and usage', () => {
  const store = memoryStore()
  expect(keeperOf(store).keep(batchOf(1, whole('a', request, reply)))).toEqual({ ...kept, finished: 1 })
  const trace = createReader(store).get('a')
  expect(trace).toMatchObject({
    id: 'a',
    outcome: 'answered',
    detail: null,
    status: 200,
    stream: false,
    request: JSON.parse(request),
    reply: JSON.parse(reply),
    usage: { input: 5, cachedInput: null, output: 7 },
    timing: { calledMs: 1, answeredMs: 2, firstByteMs: 3, endedMs: 4 },
    dropped: { request: 0, reply: 0 },
    answer: { ending: 'complete' },
    error: null,
    reads: { count: 1, firstMs: 3, lastMs: 3, longestPauseMs: null },
    verdicts: [],
    cost: null,
  })
  expect(trace?.sizes).toEqual({
    requestReceived: sumOf(request),
    requestSent: sumOf(request),
    replyReceived: sumOf(reply),
    replySent: sumOf(reply),
  })
  expect(createReader(store).raw('a')).toEqual({
    bytes: Buffer.from(reply),
    reads: [3000, reply.length],
    headers: jsonHead.headers,
    status: 200,
  })
  expect(createReader(store).requestBody('a')?.toString()).toBe(request)
})

test('an indented JSON answer is its own rebuilt form and is not stored in two', () => {
  const store = memoryStore()
  const indented = JSON.stringify(JSON.parse(reply), null, 2)
  keeperOf(store).keep(batchOf(1, whole('a', request, indented)))
  const row = store.database.query<{ data: Uint8Array }, []>('SELECT data FROM payload').get()
  expect(unpackData(row?.data ?? new Uint8Array()).rebuilt.length).toBe(0)
  expect(createReader(store).get('a')?.reply).toEqual(JSON.parse(reply))
})

test('a stream told in many reports, cut at every byte, is the stream and its rebuilt answer', () => {
  const bytes = Buffer.from(stream)
  for (let at = 1; at < bytes.length; at++) {
    const store = memoryStore()
    const keeper = keeperOf(store)
    const pieces = [bytes.subarray(0, at), bytes.subarray(at)]
    const of = (piece: Buffer, more: object) => {
      const { report } = said('a', '', '', { ...more, replyLength: piece.length, reads: [at, piece.length] })
      const buffer = new Uint8Array(piece).buffer
      return { reports: [report], bytes: buffer }
    }
    keeper.keep(batchOf(1, said('a', request, '', { begin: beginOf({ stream: true }) })))
    keeper.keep({ number: 2, ...of(pieces[0] ?? bytes, { head: streamHead }) })
    keeper.keep({ number: 3, ...of(pieces[1] ?? bytes, { end: endOf(request, stream) }) })
    const reader = createReader(store)
    expect(reader.raw('a')?.bytes.equals(bytes)).toBe(true)
    expect(reader.raw('a')?.reads).toEqual([at, at, at, bytes.length - at])
    expect(reader.get('a')).toMatchObject({
      outcome: 'answered',
      reply: { text: 'Hello 😀' },
      request: JSON.parse(request),
    })
    expect(reader.get('a')?.sizes.replyReceived).toEqual(sumOf(stream))
    expect(countOf(store, 'open')).toBe(0)
  }
})

test('several reports of one exchange in one batch are told in their order', () => {
  const store = memoryStore()
  const batch = batchOf(
    1,
    said('a', request, events[0] ?? '', { begin: beginOf({ stream: true }), head: streamHead }),
    whole('b', request, reply),
    said('a', '', events[1] ?? ''),
    said('a', '', events[2] ?? '', { end: endOf(request, stream, { sentBytes: 5 }) }),
  )
  expect(keeperOf(store).keep(batch)).toEqual({ ...kept, finished: 2, saved: 2 })
  const trace = createReader(store).get('a')
  expect(trace).toMatchObject({ outcome: 'answered', reply: { text: 'Hello 😀' } })
  expect(trace?.sizes.replySent).toEqual(sumOf(stream.slice(0, 5)))
  expect(countOf(store, 'open')).toBe(0)
})

test('a batch that comes again is told as repeated and changes nothing', () => {
  const store = memoryStore()
  const long = `{"messages":["${'m'.repeat(3000)}"]}`
  const batch = batchOf(1, whole('a', long, reply), said('b', long, stream, { begin: beginOf() }))
  const keeper = keeperOf(store)
  keeper.keep(batch)
  expect(keeper.keep(batch)).toEqual({ ...kept, repeated: 2 })
  // The thread has died with the answer: another keeper of the same sender.
  expect(keeperOf(store).keep(batch)).toEqual({ ...kept, repeated: 2 })
  expect([countOf(store, 'traces'), countOf(store, 'reply_part'), countOf(store, 'open')]).toEqual([1, 1, 1])
  const uses = store.database.query<{ count: number }, []>('SELECT count FROM piece_use').all()
  expect(uses.map(({ count }) => count)).toEqual([2])
})

test('the numbers of another sender are its own', () => {
  const store = memoryStore()
  keeperOf(store, { sender: 'one' }).keep(batchOf(7, whole('a', request, reply)))
  expect(keeperOf(store, { sender: 'two' }).keep(batchOf(1, whole('b', request, reply)))).toMatchObject({
    finished: 1,
  })
  expect(countOf(store, 'traces')).toBe(2)
})

test('a trace told again in another batch is stored once', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const long = `{"messages":["${'m'.repeat(3000)}"]}`
  keeper.keep(batchOf(1, whole('a', long, reply)))
  expect(keeper.keep(batchOf(2, whole('a', long, reply)))).toEqual({ ...kept, repeated: 1 })
  expect(keeper.keep(batchOf(3, said('a', long, '', { begin: beginOf() })))).toEqual({ ...kept, repeated: 1 })
  expect([countOf(store, 'traces'), countOf(store, 'payload'), countOf(store, 'open')]).toEqual([1, 1, 0])
  expect(store.database.query('SELECT count FROM piece_use').all()).toEqual([{ count: 1 }])
})

test('another thread goes on with what the dead one had saved', () => {
  const store = memoryStore()
  keeperOf(store).keep(
    batchOf(1, said('a', request, events[0] ?? '', { begin: beginOf({ stream: true }), head: streamHead })),
  )
  const keeper = keeperOf(store)
  keeper.keep(batchOf(2, said('a', '', events[1] ?? '')))
  keeper.keep(batchOf(3, said('a', '', events[2] ?? '', { end: endOf(request, stream) })))
  const trace = createReader(store).get('a')
  expect(trace).toMatchObject({ outcome: 'answered', reply: { text: 'Hello 😀' }, reads: { count: 3 } })
  expect(trace?.sizes).toMatchObject({ requestSent: sumOf(request), replyReceived: sumOf(stream) })
})

test('a report without a beginning, or beyond its bytes, is counted and the others are kept', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const lost = said('nobody', '', 'data: x\n\n')
  const batch = batchOf(1, lost, whole('a', request, reply), whole('b', request, reply))
  const short = { ...batch, bytes: batch.bytes.slice(0, batch.bytes.byteLength - 1) }
  expect(keeper.keep(short)).toEqual({ ...kept, finished: 1, bad: 2 })
  expect(createReader(store).get('a')).not.toBeNull()
})

test('a report the database refuses is counted and the others are kept', () => {
  const store = memoryStore()
  store.database.run(
    `CREATE TRIGGER no AFTER INSERT ON traces WHEN new.id = 'b' BEGIN SELECT RAISE(ABORT, 'no'); END`,
  )
  const batch = batchOf(1, ...['a', 'b', 'c'].map((id) => whole(id, request, reply)))
  expect(keeperOf(store).keep(batch)).toEqual({ ...kept, finished: 2, bad: 1 })
  expect(store.database.query('SELECT id FROM traces').all()).toEqual([{ id: 'a' }, { id: 'c' }])
  // The group was undone when its first was counted already.
  expect(store.database.query('SELECT sum(traces) AS traces FROM spend').all()).toEqual([{ traces: 2 }])
})

test('an exchange whose stored form cannot be read back is counted, and the others are kept', () => {
  const store = memoryStore()
  keeperOf(store).keep(batchOf(1, said('a', request, '', { begin: beginOf() })))
  store.database.run(`UPDATE open SET begin = 'nonsense'`)
  const batch = batchOf(2, said('a', '', 'data: x\n\n'), whole('b', request, reply))
  expect(keeperOf(store).keep(batch)).toEqual({ ...kept, finished: 1, bad: 1 })
})

test('an exchange of which a report made no sense goes on from what is stored of it', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const { begin, end } = whole('a', '{}', 'data: Hi\n\ndata: [DONE]\n\n').report
  keeper.keep(batchOf(1, said('a', '{}', 'data: Hi\n\n', { begin })))
  const senseless = JSON.parse('{"status":200,"headers":[[null,null]]}')
  for (const number of [2, 3])
    expect(keeper.keep(batchOf(number, said('a', '', ' lost', { head: senseless })))).toMatchObject({
      bad: 1,
    })
  expect(keeper.keep(batchOf(4, said('a', '', 'data: [DONE]\n\n', { end })))).toMatchObject({
    finished: 1,
    bad: 0,
  })
  expect(String(createReader(store).raw('a')?.bytes)).toBe('data: Hi\n\ndata: [DONE]\n\n')
  expect(countOf(store, 'open')).toBe(0)
})
