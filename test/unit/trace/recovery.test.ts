import { expect, test } from 'bun:test'
import { createReader } from '../../../src/trace/read.ts'
import {
  batchOf,
  beginOf,
  countOf,
  endOf,
  keeperOf,
  memoryStore,
  said,
  streamHead,
} from '../../support/traces.ts'

const request = `{"messages":["${'m'.repeat(3000)}"]}`
const begin = beginOf({ stream: true })
const sha = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')

test('an exchange that was running becomes interrupted, with what had arrived', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  keeper.keep(batchOf(1, said('a', request, 'data: Hel\n\n', { begin, head: streamHead })))
  keeper.keep(batchOf(2, said('a', '', 'data: lo\n\n', { reads: [2_500_000, 10] })))
  expect(keeperOf(store, { sender: 'next' }).recover()).toEqual({
    kind: 'recovered',
    answered: 0,
    interrupted: 1,
    bad: 0,
  })
  const trace = createReader(store).get('a')
  expect(trace).toMatchObject({
    outcome: 'interrupted',
    detail: 'Weir was stopped before this exchange had ended',
    status: 200,
    request: JSON.parse(request),
    reply: { text: 'Hello' },
    timing: { calledMs: null, answeredMs: null, firstByteMs: 3, endedMs: null },
  })
  expect(trace?.sizes).toEqual({
    requestReceived: { bytes: request.length, sha256: sha(request) },
    requestSent: { bytes: request.length, sha256: null },
    replyReceived: { bytes: 21, sha256: null },
    replySent: { bytes: 21, sha256: null },
  })
  expect([countOf(store, 'open'), countOf(store, 'reply_part')]).toEqual([0, 2])
})

test('an answer that had ended with its mark is answered, unless its status said otherwise', () => {
  const store = memoryStore()
  const whole = 'data: Hi\n\ndata: [DONE]\n\n'
  const failed = { ...streamHead, status: 500 }
  const batch = batchOf(
    1,
    said('a', '{}', whole, { begin, head: streamHead }),
    said('b', '{}', whole, { begin, head: failed }),
  )
  keeperOf(store).keep(batch)
  expect(keeperOf(store, { sender: 'next' }).recover()).toMatchObject({ answered: 1, interrupted: 1 })
  expect(createReader(store).get('a')).toMatchObject({ outcome: 'answered', detail: null })
  expect(createReader(store).get('b')).toMatchObject({ outcome: 'interrupted' })
})

test('an exchange of which only the beginning was stored is a trace as well', () => {
  const store = memoryStore()
  keeperOf(store).keep(batchOf(1, said('a', '', '', { begin })))
  keeperOf(store, { sender: 'next' }).recover()
  const trace = createReader(store).get('a')
  expect(trace).toMatchObject({
    outcome: 'interrupted',
    status: null,
    request: null,
    reply: null,
    attempts: 0,
  })
  expect(trace?.sizes.requestReceived).toEqual({ bytes: 0, sha256: null })
})

test('those still running are left alone and go on, in memory or not', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  keeper.keep(
    batchOf(1, ...['a', 'b', 'c'].map((id) => said(id, '{}', 'data: 1\n\n', { begin, head: streamHead }))),
  )
  const other = keeperOf(store)
  expect(other.recover(new Set(['a']))).toMatchObject({ interrupted: 2 })
  expect(other.recover(new Set(['a']))).toMatchObject({ interrupted: 0 })
  const end = endOf('{}', 'data: 1\n\ndata: [DONE]\n\n')
  expect(other.keep(batchOf(2, said('a', '', 'data: [DONE]\n\n', { end })))).toMatchObject({ finished: 1 })
  expect(createReader(store).get('a')).toMatchObject({ outcome: 'answered', reply: { text: '1' } })
  expect(keeper.recover()).toMatchObject({ kind: 'recovered', interrupted: 0 })
})

test('hundreds are recovered, and one that cannot be read back does not keep the others', () => {
  const store = memoryStore()
  const ids = Array.from({ length: 200 }, (_, at) => `id${at}`)
  keeperOf(store).keep(batchOf(1, ...ids.map((id) => said(id, '{}', '', { begin }))))
  store.database.run(`UPDATE open SET begin = 'nonsense' WHERE id = 'id7'`)
  expect(keeperOf(store, { sender: 'next' }).recover()).toMatchObject({ interrupted: 199, bad: 1 })
  expect(countOf(store, 'traces')).toBe(199)
})

test('the pieces of a recovered request are counted once', () => {
  const store = memoryStore()
  keeperOf(store).keep(batchOf(1, said('a', request, '', { begin })))
  keeperOf(store, { sender: 'next' }).recover()
  expect(store.database.query('SELECT count FROM piece_use').all()).toEqual([{ count: 1 }])
})

test('a running exchange is listed as open, with what is known of it', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  keeper.keep(batchOf(1, said('a', request, '', { begin: beginOf({ stream: true }) })))
  const reader = createReader(store)
  expect(reader.listOpen()).toMatchObject([
    { id: 'a', model: 'small', status: null, requestBytes: request.length },
  ])
  keeper.keep(batchOf(2, said('a', '', 'data: 1\n\n', { head: streamHead })))
  expect(reader.listOpen()).toMatchObject([{ id: 'a', status: 200 }])
  expect(reader.get('a')).toBeNull()
})
