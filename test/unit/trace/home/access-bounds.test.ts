import { expect, test } from 'bun:test'
import { createChanges } from '../../../../src/trace/home/change.ts'
import { localWho } from '../../../../src/trace/home/who.ts'
import { createPieceStore } from '../../../../src/trace/piece-store.ts'
import { at, textAt } from '../../../support/json.ts'
import { memoryStore, startedAt } from '../../../support/traces.ts'

/** Keys and rules are in the main thread's memory: so many, and so long, in all. */
const rule = 'raise "x" if:\n    (m: Message)\n    "a" in m.content\n'
const bytesOf = (body: unknown) => Buffer.from(JSON.stringify(body))

function createPlace() {
  const store = memoryStore()
  const apply = createChanges(store, createPieceStore(store.database))
  return { ...store, apply: store.database.transaction(apply) }
}

test('past ten thousand keys, those that nobody can use any more make room', () => {
  const { database, apply } = createPlace()
  const count = () => Number(at(database.query('SELECT count(*) AS count FROM api_key').get(), 'count'))
  const make = () => apply({ kind: 'key-create', who: localWho }, bytesOf({}), startedAt)
  const fill = database.prepare(
    `INSERT INTO api_key (id, hash, label, user, rights, created_at, expires_at, revoked_at)
     VALUES (?, ?, 'abcd', 'developer', '["read"]', 1, ?, ?)`,
  )
  const fillTo = database.transaction((most: number) => {
    for (let key = count(); key < most; key++) fill.run(`k${key}`, `h${key}`, null, null)
  })
  fill.run('revoked', 'r', null, 10)
  fill.run('expired', 'e', 9, null)
  fillTo(10_000)
  const left = () =>
    database.query("SELECT id FROM api_key WHERE id IN ('revoked', 'expired')").values().flat()
  expect(make().kind).toBe('done')
  expect(left()).toEqual(['revoked'])
  expect(make().kind).toBe('done')
  expect(left()).toEqual([])
  expect(make).toThrow('There are 10000 keys')
  expect(count()).toBe(10_000)
})

test('the rules of all projects together are so many and so long at most', () => {
  const { database, apply } = createPlace()
  const made = (name: string) => {
    apply({ kind: 'dataset-create', who: localWho }, bytesOf({ name }), startedAt)
    return textAt(database.query('SELECT id FROM dataset WHERE name = ?').get(name), 'id')
  }
  const project = made('p')
  const add = (policy = rule) =>
    apply({ kind: 'policy-create', who: localWho, project }, bytesOf({ name: 'a', policy }), startedAt)
  add()
  const policy = textAt(database.query('SELECT id FROM policy').get(), 'id')
  const copy = (count: number, content: string) =>
    database.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO policy SELECT 'c' || i, 'other', i, 'a', ?, 'log', 1, '{}', 1 FROM n`,
      [count, content],
    )
  copy(9999, rule)
  expect(() => add()).toThrow('10000 policies')
  database.run("DELETE FROM policy WHERE dataset = 'other'")
  copy(167, `#${'x'.repeat(99_999)}`)
  expect(add().kind).toBe('done')
  const long = `${rule}#${'x'.repeat(90_000)}`
  expect(() => add(long)).toThrow('too long')
  const change = (content: string) =>
    apply(
      { kind: 'policy-change', who: localWho, dataset: project, policy },
      bytesOf({ policy: content }),
      startedAt,
    )
  expect(() => change(long)).toThrow('too long')
  expect(change(`${rule}\n`).kind).toBe('done')
})
