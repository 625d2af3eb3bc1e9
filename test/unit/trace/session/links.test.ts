import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { idAt } from '../../../../src/core/id.ts'
import type { Store } from '../../../../src/trace/store.ts'
import { createRandom } from '../../../support/random.ts'
import { conversing, type Spoken } from '../../../support/sessions.ts'
import { countOf, createFolder, removeFrom, storeAt } from '../../../support/traces.ts'

/** What may become of the thread between two exchanges. */
const fates = ['goes on', 'rests', 'dies', 'rests and dies'] as const
type Fate = (typeof fates)[number]

const words = ['yes', 'no', 'well']

/** Turns that go on from any answer given before: retries, branches and choices are among them. */
function speeches(seed: number, count: number): Spoken[] {
  const { below, pick } = createRandom(seed)
  const word = () => pick(words)
  const histories: (readonly string[])[] = [[]]
  return Array.from({ length: count }, (_, at) => {
    const history = pick(histories)
    const say = [...history, `u:${word()}`]
    const hear = below(4) === 0 ? [word(), `${word()}!`] : [word()]
    for (const answer of hear) histories.push([...say, `a:${answer}`])
    return { id: idAt(1_700_000_000_000 + at), say, hear }
  })
}

/** All that is stored of how they hang together. */
function stitched(all: readonly Spoken[], fateAt: (at: number) => Fate): unknown[] {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  let lives = 0
  const live = () => conversing(storeAt(path), `life ${lives++}`)
  let life = live()
  for (const [at, spoken] of all.entries()) {
    life.keep(spoken)
    const fate = fateAt(at)
    if (fate.startsWith('rests')) expect(life.rest()).toBeNull()
    if (!fate.endsWith('dies')) continue
    life.store.close()
    life = live()
  }
  const rows = life.store.database
    .query<object, []>(
      'SELECT id, session, parent, messages, shared, carried, answers FROM traces ORDER BY seq',
    )
    .all()
  life.store.close()
  return rows
}

test('conversations hang together the same whatever becomes of the thread between their exchanges', () => {
  for (const seed of [1, 2]) {
    const all = speeches(seed, 40)
    const straight = stitched(all, () => 'goes on')
    for (const fate of fates) expect(stitched(all, () => fate)).toEqual(straight)
    const { pick } = createRandom(seed + 100)
    expect(stitched(all, () => pick(fates))).toEqual(straight)
  }
})

test('what is removed is found by nothing, whether its links were written or not', () => {
  for (const when of ['before', 'between', 'never'] as const) {
    const { say, store, rest, sessionOf } = conversing()
    const one = say(['u:Hello'], 'Hi')
    if (when === 'before') rest()
    const two = say(['u:Hello', 'a:Hi', 'u:More'], 'Here')
    if (when === 'between') rest()
    removeFrom(store, one, two)
    expect(linksIn(store)).toBe(0)
    expect(sessionOf(say(['u:Hello', 'a:Hi', 'u:More', 'a:Here', 'u:So?'], 'So'))).toBeNull()
  }
})

test('links of a trace that another process removed are never written', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const { say, store, rest } = conversing(storeAt(path))
  const one = say(['u:Hello'], 'Hi')
  const two = say(['u:Good day'], 'Good day')
  const other = storeAt(path)
  removeFrom(other, one)
  other.close()
  rest()
  expect(countOf(store, 'link')).toBe(1)
  removeFrom(store, two)
  expect(linksIn(store)).toBe(0)
  store.close()
})

test('thousands of links are written together, and those that go on from them are found all the while', () => {
  const { keep, store, parentOf } = conversing()
  const greeting = (number: number) => ({ say: [`u:Hello ${number}`], hear: ['Hi'] })
  let most = 0
  const ids: string[] = []
  for (let from = 0; from < 9000; from += 500) {
    ids.push(...keep(...Array.from({ length: 500 }, (_, at) => greeting(from + at))))
    most = Math.max(most, linksIn(store) - countOf(store, 'link'))
  }
  expect(most).toBeLessThan(8192 + 500)
  expect(countOf(store, 'link')).toBeGreaterThan(8000)
  for (const at of [0, 4000, 8191, 8192, 8999]) {
    const [next = ''] = keep({ say: [...greeting(at).say, 'a:Hi', 'u:More'], hear: ['No'] })
    expect(parentOf(next)).toBe(ids[at] ?? '')
  }
})

test('a store that is locked keeps links waiting, and they are written once it can be', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const { say, store, rest, sessionOf } = conversing(storeAt(path))
  const one = say(['u:Hello'], 'Hi')
  store.database.run('PRAGMA busy_timeout = 0')
  const other = storeAt(path)
  other.database.run('BEGIN IMMEDIATE')
  expect(rest()).toMatchObject({ kind: 'locked' })
  other.database.run('ROLLBACK')
  other.close()
  expect(countOf(store, 'link')).toBe(0)
  expect(sessionOf(say(['u:Hello', 'a:Hi', 'u:More'], 'Here'))).toBe(one)
  expect(rest()).toBeNull()
  expect(countOf(store, 'link')).toBe(linksIn(store))
  expect(linksIn(store)).toBeGreaterThan(1)
  store.close()
})

test('traces without links move on what is read after a death, too', () => {
  const { keep, store, rest } = conversing()
  const writtenTo = () => store.database.query<{ seq: number }, []>('SELECT seq FROM linked').get()?.seq ?? 0
  const silent = { say: [], hear: [] }
  for (let from = 0; from < 9000; from += 500) keep(...Array.from({ length: 500 }, () => silent))
  expect(writtenTo()).toBeGreaterThanOrEqual(8192)
  expect(linksIn(store)).toBe(0)
  expect(rest()).toBeNull()
  expect(writtenTo()).toBe(9000)
})

/** Written ones and others, as this connection sees them. */
function linksIn(store: Store): number {
  const found = store.database
    .query<{ count: number }, []>(
      'SELECT (SELECT count(*) FROM link) + (SELECT count(*) FROM temp.recent_link) AS count',
    )
    .get()
  return found?.count ?? 0
}
