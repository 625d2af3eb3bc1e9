import { expect, test } from 'bun:test'
import { Fault } from '../../../../src/core/fault.ts'
import { type AccessQuestion, createAccessAnswers } from '../../../../src/trace/home/access-questions.ts'
import type { AccessChange } from '../../../../src/trace/home/access-changes.ts'
import { createChanges } from '../../../../src/trace/home/change.ts'
import { hashOfKey } from '../../../../src/trace/home/key.ts'
import { createRows } from '../../../../src/trace/home/rows.ts'
import { createSnapshots } from '../../../../src/trace/home/snapshot.ts'
import { localWho, type Right, type Who } from '../../../../src/trace/home/who.ts'
import { createPieceStore } from '../../../../src/trace/piece-store.ts'
import { formOf } from '../../../support/form.ts'
import { listAt, textAt } from '../../../support/json.ts'
import { memoryStore, startedAt } from '../../../support/traces.ts'

/** Keys, rules and metadata in the store: who may change what, and what the main thread hears of it. */
const rule = 'raise "x" if:\n    (m: Message)\n    "a" in m.content\n'

function createPlace() {
  const store = memoryStore()
  const { database } = store
  const apply = createChanges(store, createPieceStore(database))
  const answer = createAccessAnswers({ database, rows: createRows(database), now: () => now })
  let now = startedAt
  const change = (asked: AccessChange, body?: unknown, who = localWho): unknown => {
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body))
    const changed = apply({ ...asked, who }, bytes, ++now)
    return changed.kind === 'done' ? changed.value : changed
  }
  const make = (body: object, who = localWho) => textAt(change({ kind: 'key-create' }, body, who), 'id')
  const project = (name: string, who = localWho) => {
    apply({ kind: 'dataset-create', who }, Buffer.from(JSON.stringify({ name })), ++now)
    const row = database.query('SELECT id FROM dataset WHERE name = ?').get(name)
    return textAt(row, 'id')
  }
  const removeProject = (id: string, who = localWho) =>
    apply({ kind: 'dataset-remove', dataset: { id }, who }, new Uint8Array(), ++now)
  const ask = (question: AccessQuestion, who = localWho) => answer({ ...question, who })
  return { database, apply, change, make, project, removeProject, ask, snapshot: createSnapshots(database) }
}

function whoIs(name: string, right: Right, projects: readonly string[] | null = null): Who {
  return { user: { id: name, username: name }, rights: [right], projects }
}

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof Fault ? error.code : 'thrown'
  }
  return 'done'
}

test('of a key the store has its hash and its last four characters', () => {
  const { database, change } = createPlace()
  const key = textAt(change({ kind: 'key-create' }), 'key')
  expect(key).toMatch(/^inv-[0-9a-f]{64}$/)
  expect(database.query('SELECT hash, label, rights, projects, user FROM api_key').all()).toEqual([
    {
      hash: hashOfKey(key),
      label: key.slice(-4),
      rights: '["push","read","gateway"]',
      projects: null,
      user: 'developer',
    },
  ])
})

test('what is known of access is told anew after each change of it, and only then', () => {
  const { database, change, make, project, removeProject, snapshot } = createPlace()
  expect(snapshot()).toEqual({ keys: [], hasKeys: false, policies: [], owned: [] })
  expect(snapshot()).toBeNull()
  const id = make({ rights: ['read'], projects: ['p'], user: 'ada' })
  expect(snapshot()).toMatchObject({
    hasKeys: true,
    keys: [{ id, user: 'ada', rights: ['read'], projects: ['p'], expiresAt: null }],
  })
  change({ kind: 'keys-used', uses: { [id]: startedAt, other: 1 } })
  expect(snapshot()).toBeNull()
  const dataset = project('p')
  expect(snapshot()).toBeNull()
  change({ kind: 'policy-create', project: dataset }, { name: 'a', policy: rule, action: 'block' })
  change({ kind: 'policy-create', project: dataset }, { name: 'b', policy: rule, enabled: false })
  expect(snapshot()?.policies).toEqual([{ project: 'p', name: 'a', content: rule, action: 'block' }])
  // Beside this process, as a command does.
  database.run('UPDATE api_key SET revoked_at = 1')
  expect(snapshot()).toMatchObject({ keys: [], hasKeys: true })
  removeProject(dataset)
  expect(snapshot()?.policies).toEqual([])
  expect(database.query('SELECT count(*) AS count FROM policy').get()).toEqual({ count: 0 })
})

test('whose a project is, is told of those that are somebody’s', () => {
  const { project, removeProject, snapshot } = createPlace()
  snapshot()
  project('local')
  expect(snapshot()).toBeNull()
  const id = project('ada-s', whoIs('ada', 'push'))
  expect(snapshot()?.owned).toEqual([{ project: 'ada-s', user: 'ada' }])
  removeProject(id, whoIs('ada', 'push'))
  expect(snapshot()?.owned).toEqual([])
})

test('nobody gives away what they have not', () => {
  const { change, make } = createPlace()
  const attempt = (body: object, who: Who) => codeOf(() => change({ kind: 'key-create' }, body, who))
  for (const right of ['push', 'read', 'gateway'] as const)
    expect(attempt({}, whoIs('ada', right))).toBe('forbidden')
  const scoped = whoIs('ada', 'admin', ['one', 'two'])
  expect(attempt({ projects: null }, scoped)).toBe('forbidden')
  expect(attempt({ projects: ['one', 'three'] }, scoped)).toBe('forbidden')
  expect(attempt({ projects: ['one'], user: 'bob' }, scoped)).toBe('forbidden')
  expect(attempt({ projects: ['one'], rights: ['admin'] }, scoped)).toBe('done')
  // What it leaves open is what it has.
  expect(attempt({}, scoped)).toBe('done')
  expect(attempt({ user: 'bob', rights: ['admin'] }, whoIs('ada', 'admin'))).toBe('done')
  expect(make({}, localWho)).toBeString()
})

test('keys are seen and revoked by who may do everything, and by an admin of all their projects', () => {
  const { change, make, ask } = createPlace()
  const one = make({ user: 'ada', projects: ['one'] })
  const wide = make({ user: 'ada' })
  const foreign = make({ user: 'bob', projects: ['one'] })
  const seen = (who: Who) => JSON.stringify(ask({ kind: 'keys' }, who))
  expect([one, wide, foreign].map((id) => seen(localWho).includes(id))).toEqual([true, true, true])
  expect([one, wide, foreign].map((id) => seen(whoIs('ada', 'read')).includes(id))).toEqual([
    true,
    true,
    false,
  ])
  const scoped = whoIs('ada', 'admin', ['one'])
  expect([one, wide, foreign].map((id) => seen(scoped).includes(id))).toEqual([true, false, false])
  const revoke = (key: string, who: Who) => codeOf(() => change({ kind: 'key-revoke', key }, undefined, who))
  expect(revoke(one, whoIs('ada', 'push'))).toBe('forbidden')
  expect(revoke(wide, scoped)).toBe('forbidden')
  expect(revoke(foreign, scoped)).toBe('forbidden')
  expect(revoke(one, scoped)).toBe('done')
  expect(revoke('none', localWho)).toBe('not-found')
  // A second time changes nothing, the moment least of all.
  const before = JSON.stringify(ask({ kind: 'keys' }))
  expect(revoke(one, localWho)).toBe('done')
  expect(JSON.stringify(ask({ kind: 'keys' }))).toBe(before)
})

test('the last use of a key is the latest that was told', () => {
  const { change, make, ask } = createPlace()
  const id = make({})
  for (const at of [startedAt + 5000, startedAt]) change({ kind: 'keys-used', uses: { [id]: at } })
  expect(ask({ kind: 'keys' })).toMatchObject({ keys: [{ last_used: '2023-11-14T22:13:25+00:00' }] })
})

test('rules of a project are its admin’s alone, and a project that has some is not removed by who may push', () => {
  const { change, project, removeProject, ask } = createPlace()
  const ada = { ...whoIs('ada', 'push'), rights: ['push', 'read', 'gateway'] } satisfies Who
  const dataset = project('p', ada)
  const add = (who: Who) =>
    codeOf(() => change({ kind: 'policy-create', project: dataset }, { name: 'a', policy: rule }, who))
  const see = (who: Who) => codeOf(() => ask({ kind: 'policies', username: 'ada', name: 'p' }, who))
  expect([ada, whoIs('bob', 'admin', ['p']), whoIs('ada', 'admin', ['q'])].map(add)).toEqual(
    Array(3).fill('forbidden'),
  )
  expect([whoIs('ada', 'admin', ['p']), whoIs('root', 'admin')].map(add)).toEqual(['done', 'done'])
  expect([ada, whoIs('ada', 'gateway'), whoIs('root', 'admin')].map(see)).toEqual(Array(3).fill('done'))
  expect([whoIs('ada', 'push'), whoIs('bob', 'read'), whoIs('ada', 'read', ['q'])].map(see)).toEqual(
    Array(3).fill('forbidden'),
  )
  expect(codeOf(() => removeProject(dataset, ada))).toBe('forbidden')
  expect(codeOf(() => removeProject(dataset, whoIs('ada', 'admin')))).toBe('done')
  expect(see(ada)).toBe('not-found')
})

test('who may only push makes projects, fills and changes them, and remarks on traces, without reading any', () => {
  const { apply, change, project, database } = createPlace()
  const ada = whoIs('ada', 'push')
  const bytesOf = (body: unknown) => Buffer.from(JSON.stringify(body))
  const at = startedAt + 1000
  const dataset = project('p', ada)
  expect(codeOf(() => apply({ kind: 'push', who: ada }, bytesOf({ messages: [[]], dataset: 'p' }), at))).toBe(
    'done',
  )
  change({ kind: 'policy-create', project: dataset }, { name: 'a', policy: rule })
  const changed = apply(
    { kind: 'dataset-change', dataset: { id: dataset }, who: ada },
    bytesOf({ content: false }),
    at,
  )
  // Its rules are for those who may read.
  expect(changed).toMatchObject({ value: { name: 'p', extra_metadata: { created_on: expect.any(String) } } })
  expect(JSON.stringify(changed)).not.toContain('policies')
  const { contentType, form } = formOf(
    'filed',
    '{"metadata":{"benchmark":"b"}}\n{"messages":[{"role":"user"}]}\n',
  )
  const upload = () => apply({ kind: 'upload', contentType, who: ada }, form, at)
  expect([upload().kind, upload()]).toMatchObject(['more', { kind: 'done', value: { name: 'filed' } }])
  const trace = textAt(database.query('SELECT id FROM traces LIMIT 1').get(), 'id')
  const remark = { content: 'odd', address: null }
  const made = apply({ kind: 'annotate', trace, who: ada }, bytesOf(remark), at)
  const annotation = textAt(made.kind === 'done' ? made.value : null, 'id')
  for (const kind of ['annotation-change', 'annotation-remove'] as const)
    expect(codeOf(() => apply({ kind, trace, annotation, who: ada }, bytesOf(remark), at))).toBe('done')
  for (const who of [whoIs('bob', 'push'), whoIs('ada', 'push', ['q']), whoIs('ada', 'gateway')])
    expect(codeOf(() => apply({ kind: 'annotate', trace, who }, bytesOf(remark), at))).toBe('unauthorized')
})

test('a changed rule keeps its place and what nobody changed of it', () => {
  const { change, project, ask } = createPlace()
  const dataset = project('p')
  const names = ['a', 'b', 'c']
  for (const name of names)
    change({ kind: 'policy-create', project: dataset }, { name, policy: rule, extra_metadata: { of: name } })
  const listed = () => listAt(ask({ kind: 'policies', username: 'developer', name: 'p' }), 'policies')
  const policy = textAt(listed()[1], 'id')
  change({ kind: 'policy-change', dataset, policy }, { name: 'B', action: 'block' })
  expect(listed()).toMatchObject([
    { name: 'a', action: 'log', enabled: true },
    { name: 'B', action: 'block', enabled: true, content: rule, extra_metadata: { of: 'b' } },
    { name: 'c' },
  ])
  const attempt = (
    kind: 'policy-change' | 'policy-remove',
    of: { dataset: string; policy: string },
    body?: object,
  ) => codeOf(() => change({ kind, ...of }, body))
  expect(attempt('policy-change', { dataset, policy: 'none' }, { name: 'x' })).toBe('not-found')
  expect(attempt('policy-remove', { dataset: project('q'), policy })).toBe('not-found')
  expect(attempt('policy-remove', { dataset: 'none', policy })).toBe('not-found')
  for (const body of [
    {},
    { name: ' ' },
    { policy: '' },
    { action: 'steer' },
    { enabled: 1 },
    { extra_metadata: [] },
  ])
    expect(attempt('policy-change', { dataset, policy }, body)).toBe('bad-request')
  expect(attempt('policy-remove', { dataset, policy })).toBe('done')
  expect(listed()).toMatchObject([{ name: 'a' }, { name: 'c' }])
})

test('a policy is compiled before it is kept, with the detectors there are', () => {
  const { ask } = createPlace()
  const check = (policy: unknown, detectors: readonly 'pii'[] = []) =>
    codeOf(() => ask({ kind: 'policy-check', body: Buffer.from(JSON.stringify({ policy })), detectors }))
  const asking = 'from invariant.detectors import pii\nraise "x" if:\n    (m: Message)\n    pii(m.content)\n'
  expect(check(rule)).toBe('done')
  expect(check(undefined)).toBe('done')
  expect(check('raise')).toBe('bad-request')
  expect(check(asking)).toBe('bad-request')
  expect(check(asking, ['pii'])).toBe('done')
})
