import { expect, test } from 'bun:test'
import { idAt } from '../../../src/core/id.ts'
import type { Begin, End } from '../../../src/merge/report.ts'
import { createLists, selectWindow } from '../../../src/trace/query.ts'
import type { Store } from '../../../src/trace/store.ts'
import { conversing } from '../../support/sessions.ts'
import {
  batchOf,
  beginOf,
  endOf,
  jsonHead,
  keeperOf,
  memoryStore,
  said,
  startedAt,
  streamHead,
} from '../../support/traces.ts'

type One = { begin?: Partial<Begin>; end?: Partial<End>; request?: string; reply?: string; stream?: boolean }

const idOf = (at: number) => idAt(startedAt + at * 1000)

/** Trace n begins n seconds after the first. */
function storeOf(ones: readonly One[]): Store {
  const store = memoryStore()
  const all = ones.map(({ begin = {}, end = {}, request = '{}', reply = '{}', stream = false }, at) =>
    said(idOf(at), request, reply, {
      begin: beginOf({ startedAt: startedAt + at * 1000, ...begin }),
      head: stream ? streamHead : jsonHead,
      end: endOf(request, reply, end),
    }),
  )
  keeperOf(store).keep(batchOf(1, ...all))
  return store
}

const listsOf = (store: Store) => createLists(store, { now: () => 0 })
const idsOf = (page: { traces: readonly { id: string }[] }) => page.traces.map(({ id }) => id)

test('a list has the newest first, page by page, and says when there is no more', () => {
  const { list } = listsOf(storeOf(Array.from({ length: 5 }, () => ({}))))
  const first = list({ limit: 2 })
  expect(idsOf(first)).toEqual([idOf(4), idOf(3)])
  const second = list({ limit: 2, before: first.next ?? '' })
  expect(idsOf(second)).toEqual([idOf(2), idOf(1)])
  const third = list({ limit: 2, before: second.next ?? '' })
  expect(idsOf(third)).toEqual([idOf(0)])
  expect(third.next).toBeNull()
  expect(list({ limit: 5 }).next).toBeNull()
})

test('an empty store has an empty list', () => {
  const lists = listsOf(memoryStore())
  expect(lists.list({})).toEqual({ traces: [], next: null })
  expect(lists.totals()).toMatchObject({ count: 0, oldest: null })
  expect(lists.after(null)).toEqual({ traces: [], cursor: '0' })
})

test('each filter leaves what it names', () => {
  const { list } = listsOf(
    storeOf([
      { begin: { project: 'p' } },
      { begin: { provider: 'gemini' } },
      { begin: { model: 'large' } },
      { end: { outcome: 'client-left', sentBytes: 0 } },
      { end: { status: 201 } },
    ]),
  )
  expect(idsOf(list({ project: 'p' }))).toEqual([idOf(0)])
  expect(idsOf(list({ provider: 'gemini' }))).toEqual([idOf(1)])
  expect(idsOf(list({ model: 'large' }))).toEqual([idOf(2)])
  expect(idsOf(list({ outcome: 'client-left' }))).toEqual([idOf(3)])
  expect(idsOf(list({ status: 201 }))).toEqual([idOf(4)])
  expect(idsOf(list({ since: startedAt + 3000 }))).toEqual([idOf(4), idOf(3)])
  expect(idsOf(list({ until: startedAt + 2000 }))).toEqual([idOf(1), idOf(0)])
  expect(idsOf(list({ since: startedAt + 1000, until: startedAt + 2000, provider: 'gemini' }))).toEqual([
    idOf(1),
  ])
  expect(idsOf(list({ project: 'nobody' }))).toEqual([])
})

test('a rare match among thousands is found, and a limit past the match still ends', () => {
  const ones = Array.from({ length: 3000 }, (_, at) => ({ begin: { project: at === 5 ? 'rare' : 'usual' } }))
  const { list } = listsOf(storeOf(ones))
  expect(list({ project: 'rare', limit: 1 })).toMatchObject({ traces: [{ id: idOf(5) }], next: null })
  const all: string[] = []
  for (let before: string | null = ''; before !== null;) {
    const page = list({ project: 'usual', limit: 700, before: before || undefined })
    all.push(...idsOf(page))
    before = page.next
  }
  expect(all.length).toBe(2999)
  expect(new Set(all).size).toBe(2999)
})

test('whatever a list is narrowed by, its rows are found in the order it has them in, and none is sorted', () => {
  const { database } = memoryStore()
  const planOf = (names: Parameters<typeof selectWindow>[0]) =>
    database
      .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${selectWindow(names)}`)
      .all()
      .map(({ detail }) => detail)
      .join('\n')
  for (const name of ['project', 'provider', 'model', 'outcome', 'status', 'verdict'] as const) {
    expect(planOf([name])).not.toContain('TEMP B-TREE')
    expect(planOf([name])).toContain('(id>? AND id<?)')
    expect(planOf([name, 'session'])).toContain('traces_of_session')
  }
})

test('text is found in request, pieces, answer, rebuilt stream, model and path, whatever its case', () => {
  const long = `{"messages":["${'m'.repeat(3000)} Zebra"]}`
  const { list } = listsOf(
    storeOf([
      { request: '{"a":"The Zebra"}' },
      { request: long },
      { reply: '{"a":"ZEBRA"}' },
      { stream: true, reply: 'data: Ze\n\ndata: bra\n\ndata: [DONE]\n\n', begin: { stream: true } },
      { begin: { model: 'zebra-1' } },
      { begin: { path: '/v1/zebra' } },
      { request: '{"a":"horse"}' },
      { reply: 'a zebra in plain text', begin: { dialect: null } },
    ]),
  )
  expect(idsOf(list({ text: 'zebRA' }))).toEqual([7, 5, 4, 3, 2, 1, 0].map(idOf))
})

test('text is found in the forms that JSON gives it', () => {
  const { list } = listsOf(
    storeOf([
      { request: '{"a":"caf\\u00e9"}' },
      { request: '{"a":"CAFÉ"}' },
      { request: '{"a":"x \\"y\\""}' },
    ]),
  )
  expect(idsOf(list({ text: 'café' }))).toEqual([idOf(1), idOf(0)])
  expect(idsOf(list({ text: 'x "y"' }))).toEqual([idOf(2)])
})

test('a page whose time is over says where to go on, and all pages together miss nothing', () => {
  const store = storeOf(
    Array.from({ length: 10 }, (_, at) => ({ request: at === 2 ? '{"a":"needle"}' : '{}' })),
  )
  let clock = 0
  const lists = createLists(store, { now: () => clock++, budgetMs: 3 })
  const found: string[] = []
  let pages = 0
  for (let before: string | null = ''; before !== null; pages++) {
    const page = lists.list({ text: 'needle', before: before || undefined })
    found.push(...idsOf(page))
    before = page.next
  }
  expect(found).toEqual([idOf(2)])
  expect(pages).toBeGreaterThan(2)
})

test('a follower is told each trace once, in the order they were stored', () => {
  const store = memoryStore()
  const keeper = keeperOf(store)
  const { after } = listsOf(store)
  const one = (id: string) =>
    said(id, '{}', '{}', { begin: beginOf(), head: jsonHead, end: endOf('{}', '{}') })
  keeper.keep(batchOf(1, one('b')))
  const { cursor } = after(null)
  expect(after(cursor)).toEqual({ traces: [], cursor })
  keeper.keep(batchOf(2, one('c'), one('a')))
  const first = after(cursor, { limit: 1 })
  expect(idsOf(first)).toEqual(['c'])
  const second = after(first.cursor)
  expect(idsOf(second)).toEqual(['a'])
  expect(after(second.cursor)).toEqual({ traces: [], cursor: second.cursor })
})

test('a follower with a filter is told what fits, and its cursor passes over the rest', () => {
  const { after, list } = listsOf(
    storeOf([
      { begin: { project: 'p' } },
      { begin: { provider: 'gemini' }, request: '{"a":"Zebra"}' },
      { begin: { model: 'large' }, end: { status: 201 } },
      { end: { outcome: 'client-left', sentBytes: 0 } },
      {},
    ]),
  )
  const filters = [
    { project: 'p' },
    { provider: 'gemini' },
    { model: 'large' },
    { status: 201 },
    { outcome: 'client-left' as const },
    { text: 'zebra' },
    { text: 'zebra', provider: 'openai' },
    { since: startedAt + 3000 },
    { until: startedAt + 2000 },
    { since: startedAt + 1000, until: startedAt + 2000 },
    { project: 'nobody' },
  ]
  for (const filter of filters) {
    expect(idsOf(after('0', filter))).toEqual(idsOf(list(filter)).toReversed())
    expect(after('0', filter).cursor).toBe('5')
  }
})

test('a follower whose time is over goes on where it stopped, and misses nothing', () => {
  const store = storeOf(Array.from({ length: 9 }, (_, at) => ({ request: at === 7 ? '{"a":"rare"}' : '{}' })))
  let clock = 0
  const { after } = createLists(store, { now: () => clock++, budgetMs: 3 })
  const cursors = ['0']
  const found: string[] = []
  for (let last = '0'; last !== '9';) {
    const news = after(last, { text: 'rare' })
    found.push(...idsOf(news))
    cursors.push((last = news.cursor))
  }
  expect(found).toEqual([idOf(7)])
  expect(cursors).toEqual(['0', '3', '6', '9'])
})

test('a limit is at least one and at most a thousand', () => {
  const { list } = listsOf(storeOf(Array.from({ length: 1100 }, () => ({}))))
  expect(list({ limit: 0 }).traces.length).toBe(1)
  expect(list({ limit: 5000 }).traces.length).toBe(1000)
  expect(list({}).traces.length).toBe(50)
})

test('totals tell number, bytes in use and the oldest beginning', () => {
  const totals = listsOf(storeOf([{}, {}, {}])).totals()
  expect(totals).toMatchObject({ count: 3, oldest: startedAt })
  expect(totals.bytes).toBeGreaterThan(4096)
})

test('the exchanges of a session are listed alone, page by page', () => {
  const { store, say } = conversing()
  const lines: string[] = []
  const ids: string[] = []
  for (let turn = 0; turn < 5; turn++) {
    lines.push(`u:${turn}`)
    ids.push(say(lines, 'x'))
    lines.push('a:x')
    say([`u:other ${turn}`], 'y')
  }
  const { list } = createLists(store, { now: () => 0 })
  const session = ids[0] ?? ''
  const page = list({ session, limit: 3 })
  expect(page.traces.map(({ id }) => id)).toEqual(ids.slice(2).reverse())
  const rest = list({ session, limit: 3, before: page.next ?? '' })
  expect(rest.traces.map(({ id, session }) => [id, session])).toEqual([
    [ids[1] ?? '', session],
    [session, session],
  ])
  expect(rest.next).toBeNull()
  const plan = store.database
    .query<{ detail: string }, []>(
      "EXPLAIN QUERY PLAN SELECT * FROM traces WHERE id < '~' AND id >= '' AND session = 'a' ORDER BY id DESC",
    )
    .all()
  expect(plan.map(({ detail }) => detail).join()).toContain('traces_of_session')
})
