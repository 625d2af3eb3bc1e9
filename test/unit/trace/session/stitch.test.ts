import { expect, test } from 'bun:test'
import { conversing } from '../../../support/sessions.ts'
import { countOf, removeFrom } from '../../../support/traces.ts'

const keyed = (key: string) => ({
  begin: { requestHeaders: [['x-session-id', key]] as [string, string][] },
})

test('a single exchange is in no session, and the first that goes on from it makes one', () => {
  const { say, sessionOf, parentOf } = conversing()
  const one = say(['u:Hello'], 'Hi')
  expect(sessionOf(one)).toBeNull()
  const two = say(['u:Hello', 'a:Hi', 'u:More'], 'Here')
  const three = say(['u:Hello', 'a:Hi', 'u:More', 'a:Here', 'u:And?'], 'That is all')
  expect([one, two, three].map(sessionOf)).toEqual([one, one, one])
  expect([one, two, three].map(parentOf)).toEqual([null, one, two])
})

test('all turns may come in one batch', () => {
  const { keep, sessionOf } = conversing()
  const ids = keep({ say: ['u:Hello'], hear: ['Hi'] }, { say: ['u:Hello', 'a:Hi', 'u:More'], hear: ['Here'] })
  expect(ids.map(sessionOf)).toEqual([ids[0] ?? '', ids[0] ?? ''])
})

test('what merely begins alike is not one conversation', () => {
  const { say, sessionOf } = conversing()
  const alike = ['s:You are kind', 'u:Hello']
  const ids = [say(alike, 'Hi'), say(alike, 'Good day'), say([...alike, 'u:again'], 'Yes')]
  expect(ids.map(sessionOf)).toEqual([null, null, null])
})

test('examples before each question of an evaluation do not join its runs', () => {
  const { say, sessionOf } = conversing()
  const examples = ['u:2+2', 'a:4', 'u:3+3', 'a:6']
  const ids = ['5+5', '7+7', '5+5'].map((sum) => say([...examples, `u:${sum}`], `It is ${sum}`))
  expect(ids.map(sessionOf)).toEqual([null, null, null])
  const next = say([...examples, 'u:7+7', 'a:It is 7+7', 'u:Sure?'], 'Yes')
  expect(sessionOf(next)).toBe(ids[1] ?? '')
  expect(sessionOf(ids[0] ?? '')).toBeNull()
})

test('conversations that begin with the same words and the same answer stay apart', () => {
  const { say, sessionOf } = conversing()
  const starts = [say(['u:Hello'], 'Hi'), say(['u:Hello'], 'Hi')]
  const goesOn = ['red', 'blue'].map((word) => say(['u:Hello', 'a:Hi', `u:${word}`], `${word}!`))
  const sessions = goesOn.map(sessionOf)
  expect(new Set(sessions)).toEqual(new Set(starts))
  const later = say(['u:Hello', 'a:Hi', 'u:red', 'a:red!', 'u:more'], 'no')
  expect(sessionOf(later)).toBe(sessions[0] ?? '')
})

test('an edited history is a branch of the same session, from the turn before it', () => {
  const { say, sessionOf, parentOf } = conversing()
  const one = say(['u:Hello'], 'Hi')
  const two = say(['u:Hello', 'a:Hi', 'u:More'], 'Here')
  const three = say(['u:Hello', 'a:Hi', 'u:More', 'a:Here', 'u:And?'], 'No')
  const edited = say(['u:Hello', 'a:Hi', 'u:Less'], 'There')
  const after = say(['u:Hello', 'a:Hi', 'u:Less', 'a:There', 'u:Thanks'], 'Welcome')
  expect([two, three, edited, after].map(sessionOf)).toEqual([one, one, one, one])
  expect([two, three, edited, after].map(parentOf)).toEqual([one, two, one, edited])
})

test('calls side by side, and one that is made again, go on from the same turn', () => {
  const { say, sessionOf, parentOf } = conversing()
  const one = say(['u:Hello'], 'Hi')
  const asked = ['u:Hello', 'a:Hi', 'u:More']
  const ids = [say(asked, null), say(asked, 'Here'), say(asked, 'There')]
  expect(ids.map(sessionOf)).toEqual([one, one, one])
  expect(ids.map(parentOf)).toEqual([one, one, one])
  const next = say([...asked, 'a:There', 'u:Why?'], 'So')
  expect(parentOf(next)).toBe(ids[2] ?? '')
})

test('each of several choices can be gone on from', () => {
  const { keep, say, parentOf } = conversing()
  const [one = ''] = keep({ say: ['u:Hello'], hear: ['Hi', 'Hey', 'Hi'] })
  expect(parentOf(say(['u:Hello', 'a:Hi', 'u:1'], 'x'))).toBe(one)
  expect(parentOf(say(['u:Hello', 'a:Hey', 'u:2'], 'y'))).toBe(one)
})

test('an answer that a client sends back changed is passed over from the second turn on', () => {
  const { say, sessionOf, parentOf } = conversing()
  const one = say(['u:Hello'], 'Hi  ')
  const two = say(['u:Hello', 'a:Hi', 'u:More'], 'Here  ')
  const three = say(['u:Hello', 'a:Hi', 'u:More', 'a:Here', 'u:And?'], 'No  ')
  const four = say(['u:Hello', 'a:Hi', 'u:More', 'a:Here', 'u:And?', 'a:No', 'u:Oh'], 'Well')
  expect([one, two, three, four].map(sessionOf)).toEqual([null, two, two, two])
  expect(parentOf(four)).toBe(three)
})

test('a turn that ends before the one it goes on from joins it when that has come', () => {
  const { say, sessionOf, parentOf } = conversing()
  const late = say(['u:Hello', 'a:Hi', 'u:More'], 'Here')
  expect(sessionOf(late)).toBeNull()
  const first = say(['u:Hello'], 'Hi')
  expect([first, late].map(sessionOf)).toEqual([first, first])
  expect(parentOf(late)).toBe(first)
  const next = say(['u:Hello', 'a:Hi', 'u:More', 'a:Here', 'u:And?'], 'No')
  expect(sessionOf(next)).toBe(first)
})

test('projects never meet', () => {
  const { say, sessionOf } = conversing()
  const other = { begin: { project: 'other' } }
  say(['u:Hello'], 'Hi')
  expect(sessionOf(say(['u:Hello', 'a:Hi', 'u:More'], 'Here', other))).toBeNull()
  const ours = say(['u:A'], 'B', keyed('same'))
  const theirs = say(['u:A', 'a:B', 'u:C'], 'D', {
    begin: { ...keyed('same').begin, project: 'other' },
  })
  expect([ours, theirs].map(sessionOf)).toEqual([ours, theirs])
})

test('what the client calls one session is one, whatever is said', () => {
  const { say, sessionOf, parentOf } = conversing()
  const title = say(['u:Title of: Hello'], 'Greeting', keyed('k'))
  const main = say(['u:Hello'], 'Hi', keyed('k'))
  const agent = say(['u:Look for it'], 'Found', keyed('k'))
  const next = say(['u:Hello', 'a:Hi', 'u:More'], 'Here', keyed('k'))
  expect([title, main, agent, next].map(sessionOf)).toEqual([title, title, title, title])
  expect([title, main, agent, next].map(parentOf)).toEqual([null, null, null, main])
})

test('what the client calls two sessions stays two, even with the same history', () => {
  const { say, sessionOf } = conversing()
  const one = say(['u:Hello'], 'Hi', keyed('k'))
  const fork = say(['u:Hello', 'a:Hi', 'u:More'], 'Here', keyed('other'))
  const without = say(['u:Hello', 'a:Hi', 'u:More'], 'Here')
  expect([one, fork, without].map(sessionOf)).toEqual([one, fork, null])
})

test('a sub-agent with a name of its own is in the session of the one that called it', () => {
  const { say, sessionOf } = conversing()
  const headers = (own: string, parent: string): [string, string][] => [
    ['session_id', own],
    ['x-codex-parent-thread-id', parent],
  ]
  const main = say(['u:Go'], 'Ok', { begin: { requestHeaders: [['session_id', 'main']] } })
  const agent = say(['u:Search'], 'Done', { begin: { requestHeaders: headers('agent', 'main') } })
  const deeper = say(['u:Read'], 'Read', { begin: { requestHeaders: headers('deeper', 'agent') } })
  expect([agent, deeper].map(sessionOf)).toEqual([main, main])
})

test('a request that names an answer goes on from it, and its history is that one', () => {
  const { say, sessionOf, parentOf, store } = conversing()
  const one = say(['u:Hello'], 'Hi', { answerId: 'resp_1' })
  const two = say(['u:More'], 'Here', { answerId: 'resp_2', settings: { previous_response_id: 'resp_1' } })
  const three = say(['u:And?'], 'No', { settings: { previous_response_id: 'resp_2' } })
  const branch = say(['u:Other'], 'Yes', { settings: { previous_response_id: 'resp_1' } })
  const unknown = say(['u:Who?'], 'You', { settings: { previous_response_id: 'resp_9' } })
  expect([one, two, three, branch, unknown].map(sessionOf)).toEqual([one, one, one, one, null])
  expect([two, three, branch].map(parentOf)).toEqual([one, two, one])
  expect(turnsOf(store)).toEqual([
    { messages: 1, shared: 0, carried: 0, answers: 1 },
    { messages: 3, shared: 2, carried: 2, answers: 1 },
    { messages: 5, shared: 4, carried: 4, answers: 1 },
    { messages: 3, shared: 2, carried: 2, answers: 1 },
    { messages: 1, shared: 0, carried: 0, answers: 1 },
  ])
})

test("a conversation of the provider's goes on where its newest exchange ended", () => {
  const { say, sessionOf, parentOf, store } = conversing()
  const settings = { conversation: { id: 'conv_1' } }
  const ids = [say(['u:Hello'], 'Hi', { settings }), say(['u:More'], 'Here', { settings })]
  expect(ids.map(sessionOf)).toEqual([ids[0] ?? '', ids[0] ?? ''])
  expect(parentOf(ids[1] ?? '')).toBe(ids[0] ?? '')
  expect(turnsOf(store)[1]).toEqual({ messages: 3, shared: 2, carried: 2, answers: 1 })
})

test('messages are counted once', () => {
  const { say, store } = conversing()
  say(['u:Hello'], 'Hi')
  say(['u:Hello', 'a:Hi', 'u:More'], null)
  say(['u:Hello', 'a:Hi', 'u:More'], 'Here')
  say(['u:Hello', 'a:Hi', 'u:More', 'a:Here', 'u:And?'], 'No')
  say(['u:Hello', 'a:Hi', 'u:Less'], 'There')
  const row = store.database
    .query<object, []>('SELECT traces, messages, title, usage_input, usage_output FROM session')
    .all()
  expect(row).toEqual([{ traces: 5, messages: 8, title: 'Hello', usage_input: 20, usage_output: 28 }])
})

test('a request of another dialect, or of none, is in the session that its client names', () => {
  const { say, sessionOf } = conversing()
  const begin = { ...keyed('k').begin, dialect: null }
  const ids = [say(['u:Hello'], 'Hi', keyed('k')), say([], '', { begin })]
  expect(ids.map(sessionOf)).toEqual([ids[0] ?? '', ids[0] ?? ''])
})

test('a repeated report leaves the session as it was', () => {
  const { say, store } = conversing()
  const one = say(['u:Hello'], 'Hi', keyed('k'))
  say(['u:Hello'], 'Hi', { ...keyed('k'), id: one })
  expect(store.database.query<object, []>('SELECT traces, messages FROM session').all()).toEqual([
    { traces: 1, messages: 2 },
  ])
})

test('with a trace go its links, and with the last one the session and its keys', () => {
  const { say, store, sessionOf, rest } = conversing()
  const one = say(['u:Hello'], 'Hi', keyed('k'))
  const two = say(['u:Hello', 'a:Hi', 'u:More'], 'Here', keyed('k'))
  removeFrom(store, one)
  expect(sessionOf(two)).toBe(one)
  expect(store.database.query<object, []>('SELECT traces, messages, title FROM session').all()).toEqual([
    { traces: 1, messages: 2, title: 'Hello' },
  ])
  const three = say(['u:Hello', 'a:Hi', 'u:More', 'a:Here', 'u:And?'], 'No', keyed('k'))
  expect(sessionOf(three)).toBe(one)
  rest()
  expect(countOf(store, 'link')).toBeGreaterThan(0)
  removeFrom(store, two, three)
  for (const table of ['link', 'session', 'session_key', 'traces'] as const) {
    expect(countOf(store, table)).toBe(0)
  }
})

test('thousands of messages, all of them alike, are stitched like any other', () => {
  const { say, sessionOf, parentOf } = conversing()
  const lines: string[] = []
  const ids: string[] = []
  for (let turn = 0; turn < 8; turn++) {
    for (let at = 0; at < 250; at++) lines.push('u:x', 'a:x')
    lines.push('u:x')
    ids.push(say(lines, 'x'))
    lines.push('a:x')
  }
  expect(ids.slice(1).map(parentOf)).toEqual(ids.slice(0, -1))
  expect(ids.map(sessionOf)).toEqual(ids.map(() => ids[0] ?? ''))
})

function turnsOf(store: ReturnType<typeof conversing>['store']) {
  return store.database
    .query<object, []>('SELECT messages, shared, carried, answers FROM traces ORDER BY seq')
    .all()
}
