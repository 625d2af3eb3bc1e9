import { expect, test } from 'bun:test'
import { createReader } from '../../../../src/trace/read.ts'
import type { Message } from '../../../../src/conversation/conversation.ts'
import type { SessionFilter } from '../../../../src/trace/session/list.ts'
import { createSessions } from '../../../../src/trace/session/show.ts'
import type { Store } from '../../../../src/trace/store.ts'
import { conversing, type Spoken } from '../../../support/sessions.ts'
import { memoryStore, meansOf, startedAt } from '../../../support/traces.ts'

const keyed = (key: string, project = 'default'): Partial<Spoken> => ({
  begin: { project, requestHeaders: [['x-session-id', key]] },
})

function sessionsOf(store: Store, now = () => 0) {
  return createSessions(store, { reader: createReader(store), dialects: meansOf().dialects, now })
}

function textOf({ role, parts }: Message): string {
  return `${role[0]}:${parts.map((part) => (part.kind === 'text' ? part.text : '')).join()}`
}

function threadsOf(store: Store, id: string, now?: () => number) {
  const session = sessionsOf(store, now).session(id)
  return session?.threads.map(({ from, messages }) => ({
    from,
    said: messages.map(({ trace, message }) => `${trace} ${textOf(message)}`),
  }))
}

const named = (id: string): Partial<Spoken> => ({ id })

test('a conversation is told once, each message by the exchange that brought it', () => {
  const { store, say } = conversing()
  say(['u:1'], '2', named('a'))
  say(['u:1', 'a:2', 'u:3'], '4', named('b'))
  say(['u:1', 'a:2', 'u:3', 'a:4', 't:5', 'u:6'], '7', named('c'))
  expect(threadsOf(store, 'a')).toEqual([
    { from: null, said: ['a u:1', 'a a:2', 'b u:3', 'b a:4', 'c t:5', 'c u:6', 'c a:7'] },
  ])
  expect(sessionsOf(store).session('a')).toMatchObject({
    traces: 3,
    messages: 7,
    unread: [],
    exchanges: [
      { id: 'a', parent: null, messages: 1 },
      { id: 'b', parent: 'a', messages: 3 },
      { id: 'c', parent: 'b', messages: 6 },
    ],
  })
})

test('an edited turn, a second attempt and a changed answer are branches where they belong', () => {
  const { store, say } = conversing()
  say(['u:1'], '2', named('a'))
  say(['u:1', 'a:2', 'u:3'], '4', named('b'))
  say(['u:1', 'a:2', 'u:3', 'a:4', 'u:5'], '6', named('c'))
  say(['u:1', 'a:2', 'u:edited'], '7', named('d'))
  say(['u:1', 'a:2', 'u:3'], '4 again', named('e'))
  say(['u:1', 'a:2', 'u:3', 'a:changed', 'u:8'], '9', named('f'))
  expect(threadsOf(store, 'a')).toEqual([
    { from: null, said: ['a u:1', 'a a:2', 'e u:3', 'f a:changed', 'f u:8', 'f a:9'] },
    { from: { thread: 0, messages: 3 }, said: ['b a:4', 'c u:5', 'c a:6'] },
    { from: { thread: 0, messages: 2 }, said: ['d u:edited', 'd a:7'] },
    { from: { thread: 0, messages: 3 }, said: ['e a:4 again'] },
  ])
})

test('a history that later requests only name is put together', () => {
  const { store, say } = conversing()
  say(['u:1'], '2', { id: 'a', answerId: 'r1' })
  say(['u:3'], '4', { id: 'b', answerId: 'r2', settings: { previous_response_id: 'r1' } })
  say(['u:5'], '6', { id: 'c', settings: { previous_response_id: 'r2' } })
  say(['u:7'], '8', { id: 'd', settings: { previous_response_id: 'r1' } })
  expect(threadsOf(store, 'a')).toEqual([
    { from: null, said: ['a u:1', 'a a:2', 'b u:3', 'b a:4', 'c u:5', 'c a:6'] },
    { from: { thread: 0, messages: 2 }, said: ['d u:7', 'd a:8'] },
  ])
})

test('the longest thread comes first; side calls of the same session stand beside it', () => {
  const { store, say } = conversing()
  say(['u:title?'], 'T', { id: 'a', ...keyed('k') })
  say(['s:You code', 'u:1'], '2', { id: 'b', ...keyed('k') })
  say(['s:You search', 'u:find'], 'found', { id: 'c', ...keyed('k') })
  say(['s:You code', 'u:1', 'a:2', 'u:3'], '4', { id: 'd', ...keyed('k') })
  expect(threadsOf(store, 'a')?.map(({ said }) => said[0])).toEqual(['b u:1', 'a u:title?', 'c u:find'])
  const session = sessionsOf(store).session('a')
  expect(session?.threads.map(({ system }) => system.map(textOf))).toEqual([
    ['s:You code'],
    [],
    ['s:You search'],
  ])
  expect(session).toMatchObject({ key: 'k', title: '1' })
})

test('without its root a session is whole from the rest', () => {
  const { store, say } = conversing()
  say(['u:1'], '2', named('a'))
  say(['u:1', 'a:2', 'u:3'], '4', named('b'))
  say(['u:1', 'a:2', 'u:3', 'a:4', 'u:5'], '6', named('c'))
  store.database.run("DELETE FROM traces WHERE id = 'a'")
  expect(threadsOf(store, 'a')?.[0]?.said).toEqual(['b u:1', 'b a:2', 'b u:3', 'b a:4', 'c u:5', 'c a:6'])
})

test('branches that would take too long are named, not read', () => {
  const { store, say } = conversing()
  for (const at of [1, 2, 3]) say([`u:${at}`], 'x', { id: `t${at}`, ...keyed('k') })
  let time = 0
  const session = sessionsOf(store, () => (time += 300)).session('t1')
  expect(session?.threads).toHaveLength(2)
  expect(session?.unread).toEqual(['t2'])
})

test('what is no session is null', () => {
  const { store, say } = conversing()
  say(['u:1'], '2', named('a'))
  expect(sessionsOf(store).session('a')).toBeNull()
  expect(sessionsOf(store).session('nobody')).toBeNull()
})

test('sessions are listed with the one of the newest exchange first, page by page', () => {
  const { store, say } = conversing()
  for (const key of ['a', 'b', 'c']) say([`u:say ${key}`], key, { id: key, ...keyed(key) })
  say(['u:more'], 'x', { id: 'd', ...keyed('a') })
  const { sessions } = sessionsOf(store)
  const first = sessions({ limit: 2 })
  expect(first.sessions.map(({ id }) => id)).toEqual(['a', 'c'])
  const second = sessions({ limit: 2, before: first.next ?? '' })
  expect(second).toMatchObject({ sessions: [{ id: 'b' }], next: null })
  expect(sessions({}).next).toBeNull()
})

test('a head has the sums, the times and the models of all exchanges', () => {
  const store = memoryStore()
  const { say } = conversing(store)
  say(['u:1'], '2', { id: 'a', begin: { model: 'one' } })
  say(['u:1', 'a:2', 'u:3'], '4', { id: 'b', begin: { model: 'two', startedAt: startedAt + 1000 } })
  say(['u:1', 'a:2', 'u:3'], null, { id: 'c', begin: { model: null } })
  expect(sessionsOf(store).sessions({}).sessions).toEqual([
    {
      id: 'a',
      project: 'default',
      key: null,
      title: '1',
      startedAt,
      endedAt: startedAt + 1004,
      traces: 3,
      messages: 4,
      models: ['one', 'two'],
      usage: { input: 10, cachedInput: null, cacheWrite: null, output: 14, reasoning: null },
    },
  ])
})

test('filters go by project, by time, and by words of the title or the name', () => {
  const { store, say } = conversing()
  say(['u:About Weirs'], 'x', { id: 'a', ...keyed('k1') })
  say(['u:About dams'], 'x', { id: 'b', ...keyed('k2', 'other') })
  const later = { ...keyed('k3').begin, startedAt: startedAt + 5000 }
  say(['u:100% of_it, Über alles'], 'x', { id: 'c', begin: later })
  const ids = (filter: SessionFilter) =>
    sessionsOf(store)
      .sessions(filter)
      .sessions.map(({ id }) => id)
  expect(ids({ project: 'other' })).toEqual(['b'])
  expect(ids({ text: 'about' })).toEqual(['b', 'a'])
  expect(['Über', 'über', 'ÜBER'].map((text) => ids({ text }))).toEqual([['c'], ['c'], ['c']])
  expect(ids({ text: 'K1' })).toEqual(['a'])
  expect(ids({ text: '%' })).toEqual(['c'])
  expect(ids({ text: '_' })).toEqual(['c'])
  expect(ids({ since: startedAt + 5000 })).toEqual(['c'])
  expect(ids({ until: startedAt + 5000 })).toEqual(['b', 'a'])
})
