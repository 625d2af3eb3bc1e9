import { expect, test } from 'bun:test'
import type { PushChange, PushState } from '../../../../src/merge/push.ts'
import { createOutbox, settleMs } from '../../../../src/trace/push/outbox.ts'
import { createWaiting } from '../../../../src/trace/push/waiting.ts'
import { memoryStore } from '../../../support/traces.ts'

function queue(rule: Partial<{ mostEntries: number; mostBytes: number }> = {}) {
  const store = memoryStore()
  const outbox = createOutbox(store.database)
  const waiting = createWaiting(store)
  const whole = { when: 'always', mostEntries: 100, mostBytes: 10_000, ...rule } as const
  let seq = 0
  const states = () =>
    store.database.query<{ id: string; state: string }, []>('SELECT id, state FROM push ORDER BY seq').all()
  return {
    outbox,
    waiting,
    states: () => states().map(({ id, state }) => `${id} ${state}`),
    sums: () => waiting.sums()[0],
    add: (id: string, bytes = 10, skipped: string | null = null, project = 'one') =>
      outbox.add({ seq: ++seq, id, project, at: seq * 100, bytes, skipped }, whole),
    become: (id: string, state: PushState, more: Partial<PushChange> = {}) =>
      outbox.change({ id, state, attempts: 1, dueAt: 0, detail: null, remoteId: null, ...more }),
  }
}

test('what waits is due a second after it was kept, the oldest first', () => {
  const { add, waiting } = queue()
  add('a')
  add('b')
  expect(waiting.nextAt('one')).toBe(100 + settleMs)
  expect(waiting.due('one', 100 + settleMs - 1, 9)).toEqual([])
  expect(waiting.due('one', 200 + settleMs, 9)).toEqual([
    { id: 'a', state: 'waiting', attempts: 0 },
    { id: 'b', state: 'waiting', attempts: 0 },
  ])
  expect(waiting.due('one', 200 + settleMs, 1)).toHaveLength(1)
  expect(waiting.due('other', 1e9, 9)).toEqual([])
  expect(waiting.nextAt('other')).toBeNull()
})

test('sums are those of the rows, whatever way they went', () => {
  const { add, become, sums, outbox } = queue()
  for (const id of ['a', 'b', 'c', 'd']) add(id, 5)
  add('e', 5, 'not to be sent')
  expect(sums()).toEqual({
    project: 'one',
    entries: 4,
    bytes: 20,
    sent: 0,
    refused: 0,
    dropped: 0,
    oldestAt: 100,
  })
  become('a', 'sending')
  become('b', 'refused')
  expect(sums()).toMatchObject({ entries: 3, bytes: 15, refused: 1 })
  become('a', 'sent', { remoteId: 'r' })
  become('a', 'sent', { remoteId: 'r' })
  expect(sums()).toMatchObject({ entries: 2, bytes: 10, sent: 1, oldestAt: 300 })
  expect(outbox.retry('other', 5)).toBe(0)
  expect(outbox.retry(null, 5)).toBe(1)
  expect(sums()).toMatchObject({ entries: 3, bytes: 15, refused: 0 })
})

test('at its bounds the queue keeps all, past them the oldest are dropped', () => {
  const entries = queue({ mostEntries: 2 })
  expect([entries.add('a'), entries.add('b'), entries.add('c'), entries.add('d')]).toEqual([0, 0, 1, 1])
  expect(entries.states()).toEqual(['a dropped', 'b dropped', 'c waiting', 'd waiting'])

  const bytes = queue({ mostBytes: 20 })
  expect([bytes.add('a', 10), bytes.add('b', 10), bytes.add('c', 1), bytes.add('d', 20)]).toEqual([
    0, 0, 1, 2,
  ])
  expect(bytes.sums()).toMatchObject({ entries: 1, bytes: 20, dropped: 3 })
  // One that is larger than all that may wait goes itself.
  expect(bytes.add('e', 21)).toBe(2)
  expect(bytes.sums()).toMatchObject({ entries: 0, bytes: 0, dropped: 5 })
})

test('what had arrived when it was dropped was sent; nothing else wakes it again', () => {
  const { add, become, states, sums } = queue({ mostEntries: 1 })
  add('a')
  become('a', 'sending')
  add('b')
  become('a', 'waiting')
  expect(states()).toEqual(['a dropped', 'b waiting'])
  become('a', 'sent')
  expect(states()).toEqual(['a sent', 'b waiting'])
  become('a', 'waiting')
  expect(states()).toEqual(['a sent', 'b waiting'])
  expect(sums()).toMatchObject({ entries: 1, sent: 1, dropped: 0 })
})

test('a trace that is removed while it waits counts as dropped, one that was sent does not', () => {
  const { add, become, outbox, sums, states } = queue()
  add('a')
  add('b')
  become('b', 'sent')
  for (const seq of [1, 2, 3]) outbox.remove(seq)
  become('a', 'sent')
  expect(states()).toEqual([])
  expect(sums()).toMatchObject({ entries: 0, bytes: 0, sent: 1, dropped: 1, oldestAt: null })
})

test('projects wait apart', () => {
  const { add, waiting } = queue({ mostEntries: 1 })
  add('a')
  add('b', 10, null, 'two')
  expect(waiting.sums().map(({ project, entries }) => [project, entries])).toEqual([
    ['one', 1],
    ['two', 1],
  ])
  expect(waiting.due('two', 1e9, 9).map(({ id }) => id)).toEqual(['b'])
})
