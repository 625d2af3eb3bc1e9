import { expect, test } from 'bun:test'
import { createImport } from '../../../../src/trace/home/import.ts'
import { createHome } from '../../../../src/trace/home/questions.ts'
import { localWho } from '../../../../src/trace/home/who.ts'
import { createPieceStore } from '../../../../src/trace/piece-store.ts'
import { memoryStore, startedAt } from '../../../support/traces.ts'

const now = () => startedAt
const lineOf = (index: number, more: object = {}) =>
  JSON.stringify({ index, messages: [{ role: 'user', content: `Hello ${index}` }], ...more })

function createPlace() {
  const store = memoryStore()
  const pieces = createPieceStore(store.database)
  const begin = (project = 'one') => createImport({ store, pieces, project, now })
  const numbers = () =>
    store.database
      .query<{ number: number }, []>('SELECT number FROM traces ORDER BY number')
      .all()
      .map(({ number }) => number)
  return { store, begin, numbers }
}

test('a file that is brought in again adds what is missing and nothing twice', () => {
  const { begin, numbers } = createPlace()
  const file = [JSON.stringify({ metadata: { of: 'a file' } }), lineOf(3), lineOf(1), lineOf(2)]
  expect(begin()(file.slice(0, 2))).toEqual({ added: 1, known: 0, wrong: null })
  const again = begin()
  expect(again(file.slice(0, 3))).toEqual({ added: 1, known: 1, wrong: null })
  expect(again(file.slice(3))).toEqual({ added: 1, known: 0, wrong: null })
  expect(begin()(file)).toEqual({ added: 0, known: 3, wrong: null })
  expect(numbers()).toEqual([1, 2, 3])
  expect(begin('other')(file)).toEqual({ added: 3, known: 0, wrong: null })
})

test('a number that another trace has is not taken from it', () => {
  const { begin, numbers } = createPlace()
  begin()([lineOf(0), lineOf(5)])
  expect(begin()([lineOf(5, { name: 'another' })])).toMatchObject({ added: 1 })
  expect(numbers()).toEqual([0, 5, 6])
})

test('a line that is wrong stops it; those before it are kept', () => {
  const { begin, numbers } = createPlace()
  const { added, wrong } = begin()([lineOf(0), lineOf(1), '{"messages":5}', lineOf(2)])
  expect(added).toBe(2)
  expect(wrong?.message).toContain('line 3')
  expect(numbers()).toEqual([0, 1])
})

test('a trace is found by the id it had where it comes from', () => {
  const { store, begin } = createPlace()
  const id = '5f0c3f2e-0000-4000-8000-000000000001'
  const bring = begin()
  bring([lineOf(0, { id })])
  expect(begin()([lineOf(0, { id, name: 'changed since' })])).toMatchObject({ added: 0, known: 1 })
  const of = { mostCharacters: 100, withAnnotations: false }
  expect(createHome(store, now)({ kind: 'trace', who: localWho, trace: id, ...of })).toMatchObject({
    kind: 'told',
  })
})

test('what is brought into a project is whose project it is', () => {
  const { store, begin } = createPlace()
  store.database.run(`INSERT INTO dataset VALUES ('d', 'one', 'ada', 0, ${startedAt}, NULL, '{}', 0)`)
  begin()([lineOf(0)])
  const who = { ...localWho, user: { id: 'ada', username: 'ada' }, rights: ['read'] } as const
  const dataset = { username: 'ada', name: 'one' }
  const answer = createHome(
    store,
    now,
  )({ kind: 'full', who, dataset, after: -1, isAnnotated: false, withIds: false })
  expect(answer).toMatchObject({ json: expect.stringContaining('"user_id":"ada"') })
})
