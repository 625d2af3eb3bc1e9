import { expect, test } from 'bun:test'
import type { Judged, Noted } from '../../../src/merge/judged.ts'
import { createLists } from '../../../src/trace/query.ts'
import { createReader } from '../../../src/trace/read.ts'
import {
  batchOf,
  beginOf,
  endOf,
  keeperOf,
  memoryStore,
  removeFrom,
  said,
  startedAt,
  whole,
} from '../../support/traces.ts'

/** What rules said of an exchange is with its trace, also when they said it after its end. */
const id = '01k3v9w2b60017f3kq8s'

function noted(message: string): Noted {
  return {
    kind: 'violation',
    order: 'words',
    action: 'flag',
    mode: 'hold',
    on: 'answer',
    line: 3,
    message,
    args: [message],
    kwargs: {},
    ranges: ['messages.1.content:0-3'],
    spans: [{ message: 1, path: ['content'], part: { start: 0, end: 3, from: 0, to: 3 } }],
    leftBytes: 7,
  }
}

function judged(verdict: Judged['verdict'], ...findings: readonly Noted[]): Judged {
  return { policy: 'f00d', verdict, findings }
}

const late = (said_: Judged, secrets: readonly string[] = []) => said(id, '', '', { judged: said_, secrets })

test('an exchange without rules has no verdict', () => {
  const store = memoryStore()
  keeperOf(store).keep(batchOf(1, whole(id, '{}', '{}')))
  expect(createReader(store).get(id)).toMatchObject({ verdict: null, policy: null, verdicts: [] })
})

test('what rules said by its end is told with the trace, and found by its verdict', () => {
  const store = memoryStore()
  const end = endOf('{}', '{}', { judged: judged('flag', noted('no')) })
  keeperOf(store).keep(batchOf(1, whole(id, '{}', '{}', { end })))
  expect(createReader(store).get(id)).toMatchObject({
    verdict: 'flag',
    policy: 'f00d',
    verdicts: [noted('no')],
  })
  const { list } = createLists(store, { now: () => startedAt })
  expect(list({ verdict: 'flag' }).traces.map((trace) => trace.id)).toEqual([id])
  expect(list({ verdict: 'block' }).traces).toEqual([])
})

test('what rules say later takes the place of what they had said', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const end = endOf('{}', '{}', { judged: judged('allow') })
  keeper.keep(batchOf(1, whole(id, '{}', '{}', { end })))
  const both = judged('flag', noted('one'), noted('two'))
  expect(keeper.keep(batchOf(2, late(both)))).toMatchObject({ kind: 'kept', bad: 0 })
  expect(createReader(store).get(id)).toMatchObject({
    verdict: 'flag',
    verdicts: [noted('one'), noted('two')],
  })
  // The same batch again, as after the death of its thread.
  expect(keeper.keep(batchOf(2, late(both)))).toMatchObject({ repeated: 1 })
})

test('it may come in one batch with the end itself', () => {
  const store = memoryStore()
  const end = endOf('{}', '{}', { judged: judged('allow') })
  keeperOf(store).keep(batchOf(1, whole(id, '{}', '{}', { end }), late(judged('flag', noted('no')))))
  expect(createReader(store).get(id)).toMatchObject({ verdict: 'flag', verdicts: [noted('no')] })
})

test('of a trace that is gone nothing is kept', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  expect(keeper.keep(batchOf(1, late(judged('flag', noted('no')))))).toMatchObject({ kind: 'kept', bad: 0 })
  const end = endOf('{}', '{}', { judged: judged('flag', noted('no')) })
  keeper.keep(batchOf(2, whole(id, '{}', '{}', { end })))
  removeFrom(store, id)
  expect(store.database.query('SELECT count(*) AS count FROM judged').get()).toEqual({ count: 0 })
})

test('a credential in what a rule says is hidden, at the end and after it', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const secret = 'sk-0123456789abcdef'
  const end = endOf('{}', '{}', { judged: judged('flag', noted(`saw ${secret}`)) })
  keeper.keep(batchOf(1, whole(id, '{}', '{}', { begin: beginOf({ secrets: [secret] }), end })))
  const told = () => JSON.stringify(createReader(store).get(id)?.verdicts)
  expect(told()).toContain('saw ')
  expect(told()).not.toContain(secret)
  keeper.keep(batchOf(2, late(judged('flag', noted(`again ${secret}`)), [secret])))
  expect(told()).toContain('again ')
  expect(told()).not.toContain(secret)
})
