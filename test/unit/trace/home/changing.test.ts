import { expect, test } from 'bun:test'
import { readAnnotations } from '../../../../src/trace/home/annotation.ts'
import { type Change, createChanges } from '../../../../src/trace/home/change.ts'
import { type ChangeAnswer, createChanging } from '../../../../src/trace/home/changing.ts'
import { createHome } from '../../../../src/trace/home/questions.ts'
import { localWho, type Who } from '../../../../src/trace/home/who.ts'
import { createPieceStore } from '../../../../src/trace/piece-store.ts'
import { createOutbox } from '../../../../src/trace/push/outbox.ts'
import { createWaiting } from '../../../../src/trace/push/waiting.ts'
import { formOf } from '../../../support/form.ts'
import { textAt } from '../../../support/json.ts'
import { countOf, memoryStore, quiet, removeFrom, startedAt } from '../../../support/traces.ts'

const other: Who = { user: { id: 'other', username: 'other' }, rights: ['push', 'read'], projects: null }
const long = 'So long that it is a piece of its own. '.repeat(100)
const message = { role: 'user', content: long }
const bytesOf = (body: unknown) => new TextEncoder().encode(JSON.stringify(body))

function createPlace() {
  const store = memoryStore()
  const pieces = createPieceStore(store.database)
  const apply = createChanges(store, pieces)
  let now = startedAt
  const push = (body: object, who = localWho) => {
    const changed = apply({ kind: 'push', who }, bytesOf(body), ++now)
    if (changed.kind === 'more') throw new Error('more')
    return String(Reflect.get(Object(changed.value), 'id'))
  }
  return { store, pieces, apply, push, ask: createHome(store, () => startedAt) }
}

test('a change that is refused undoes nothing of the others in its transaction', async () => {
  const { store, pieces } = createPlace()
  const answers = new Map<number, ChangeAnswer>()
  const { promise, resolve } = Promise.withResolvers<void>()
  const changing = createChanging({
    opened: () => ({ store, pieces }),
    committed: () => {},
    alive: () => {},
    tell: (number, answer) => {
      answers.set(number, answer)
      if (answers.size === 3) resolve()
    },
    now: () => startedAt,
    log: quiet,
  })
  const take = (number: number, body: object) =>
    changing.take({ number, change: { kind: 'push', who: localWho }, body: bytesOf(body) })
  take(1, { messages: [[message]], dataset: 'one' })
  take(2, { messages: [[message], ['nonsense']], dataset: 'two' })
  take(3, { messages: [[message]], dataset: 'one' })
  await promise
  expect([...answers.values()].map(({ kind }) => kind)).toEqual(['done', 'refused', 'done'])
  expect(answers.get(2)).toMatchObject({ code: 'bad-request' })
  expect(countOf(store, 'traces')).toBe(2)
  expect(store.database.query('SELECT name, next FROM dataset').all()).toEqual([{ name: 'one', next: 2 }])
})

test('without a store whoever asks is told so in the end', async () => {
  const { promise, resolve } = Promise.withResolvers<ChangeAnswer>()
  const changing = createChanging({
    opened: () => null,
    committed: () => {},
    alive: () => {},
    tell: (_, answer) => resolve(answer),
    now: () => startedAt,
    log: quiet,
  })
  changing.take({ number: 1, change: { kind: 'push', who: localWho }, body: bytesOf({}) })
  changing.stop()
  expect(await promise).toMatchObject({ kind: 'refused' })
})

test('what is appended shares its history with what was there, and nothing stays when the trace goes', () => {
  const { store, apply, push } = createPlace()
  const trace = push({ messages: [[message]], annotations: [[{ content: 'x' }]], dataset: 'one' })
  for (let turn = 0; turn < 5; turn++) {
    const said = { role: 'user', content: `${turn} ${long}` }
    apply({ kind: 'append', who: localWho, trace }, bytesOf({ messages: [said] }), startedAt + turn)
  }
  expect(countOf(store, 'piece')).toBe(6)
  expect(removeFrom(store, trace)).toBe(1)
  for (const table of ['traces', 'payload', 'piece', 'piece_use'] as const)
    expect(countOf(store, table)).toBe(0)
  expect(store.database.query('SELECT * FROM told').all()).toEqual([])
  expect(store.database.query('SELECT * FROM annotation').all()).toEqual([])
})

test('a number is never given again', () => {
  const { store, apply, push, ask } = createPlace()
  push({ messages: [[message]], dataset: 'one' })
  const trace = push({ messages: [[message]], dataset: 'one' })
  apply({ kind: 'trace-remove', who: localWho, trace }, new Uint8Array(), startedAt)
  const last = push({ messages: [[message]], dataset: 'one' })
  const of = { mostCharacters: 10, withAnnotations: false }
  expect(ask({ kind: 'trace', who: localWho, trace: last, ...of })).toMatchObject({
    json: expect.stringContaining('"name":"Run 2"'),
  })
  expect(store.database.query('SELECT number FROM traces ORDER BY seq').all()).toEqual([
    { number: 0 },
    { number: 2 },
  ])
})

test('a project with many traces goes in slices, and what came meanwhile stays', () => {
  const { store, apply, push } = createPlace()
  push({ messages: Array.from({ length: 150 }, () => [message]), dataset: 'one' })
  const remove = () =>
    apply(
      { kind: 'dataset-remove', who: localWho, dataset: { username: 'developer', name: 'one' } },
      new Uint8Array(),
      startedAt + 1,
    )
  expect(remove()).toEqual({ kind: 'more' })
  push({ messages: [[message]], dataset: 'one' })
  expect(remove()).toEqual({ kind: 'more' })
  expect(remove()).toEqual({ kind: 'done', value: { message: 'deleted' } })
  expect(countOf(store, 'traces')).toBe(1)
  expect(store.database.query('SELECT name FROM dataset').all()).toEqual([{ name: 'one' }])
})

test('what belongs to somebody else is neither read nor changed, until it is shared or public', () => {
  const { apply, push, ask } = createPlace()
  const trace = push({ messages: [[message]], dataset: 'one' })
  const of = { trace, mostCharacters: 10, withAnnotations: false }
  const read = (who: Who) => ask({ kind: 'trace', who, ...of }).kind
  expect([read(localWho), read(other)]).toEqual(['told', 'refused'])
  expect(ask({ kind: 'trace', who: other, ...of })).toMatchObject({ code: 'unauthorized' })
  expect(() => push({ messages: [[message]], dataset: 'one' }, other)).toThrow('belongs to somebody else')
  expect(() => apply({ kind: 'trace-remove', who: other, trace }, new Uint8Array(), startedAt)).toThrow()
  expect(() =>
    apply({ kind: 'share', who: other, trace, isShared: true }, new Uint8Array(), startedAt),
  ).toThrow()
  apply({ kind: 'share', who: localWho, trace, isShared: true }, new Uint8Array(), startedAt)
  expect(read(other)).toBe('told')
  apply({ kind: 'share', who: localWho, trace, isShared: false }, new Uint8Array(), startedAt)
  const dataset = { username: 'developer', name: 'one' }
  apply({ kind: 'dataset-change', who: localWho, dataset }, bytesOf({ content: true }), startedAt)
  expect(read(other)).toBe('told')
  expect(read({ ...other, rights: [], projects: [] })).toBe('told')
})

test('a key holds for its projects and its rights alone', () => {
  const { push } = createPlace()
  const body = { messages: [[message]], dataset: 'one' }
  const pusher: Who = { ...other, rights: ['push'], projects: ['one'] }
  expect(push(body, pusher)).not.toBe('')
  expect(() => push({ ...body, dataset: 'two' }, pusher)).toThrow('may not push')
  expect(() => push(body, { ...pusher, rights: ['read'] })).toThrow('may not push')
  expect(() => push({ messages: [[message]] }, pusher)).toThrow('may not push')
})

test('what an admin pushes into a project is also whose project it is', () => {
  const { apply, push, ask } = createPlace()
  push({ messages: [[message]], dataset: 'theirs' }, other)
  const trace = push({ messages: [[message]], dataset: 'theirs' })
  const read = (who: Who) =>
    ask({ kind: 'trace', who, trace, mostCharacters: 10, withAnnotations: false }).kind
  expect([read(other), read(localWho)]).toEqual(['told', 'told'])
  const third: Who = { ...other, user: { id: 'third', username: 'third' } }
  expect(read(third)).toBe('refused')
  expect(() => apply({ kind: 'trace-remove', who: third, trace }, new Uint8Array(), startedAt)).toThrow()
  apply({ kind: 'trace-remove', who: other, trace }, new Uint8Array(), startedAt)
  expect(read(localWho)).toBe('refused')
})

test('a project is whose push has made it, and they push there again', () => {
  const { push, ask } = createPlace()
  const body = { messages: [[message]], dataset: 'theirs' }
  push(body, other)
  push(body, other)
  const mine = { username: 'other', name: 'theirs' }
  expect(ask({ kind: 'dataset', who: other, dataset: mine }).kind).toBe('told')
  expect(() => push(body, { ...other, user: { id: 'third', username: 'third' } })).toThrow('somebody else')
})

test('the id that an uploaded trace says it had leads nobody else to it', () => {
  const { apply, ask } = createPlace()
  const upload = (who: Who, name: string, text: string) => {
    const line = { id: 'old-id', messages: [{ role: 'user', content: text }] }
    const { contentType, form } = formOf(name, JSON.stringify(line))
    while (apply({ kind: 'upload', who, contentType }, form, startedAt).kind === 'more');
  }
  upload(localWho, 'first', 'mine')
  upload(other, 'second', 'theirs')
  const read = (who: Who) =>
    JSON.stringify(ask({ kind: 'trace', who, trace: 'old-id', mostCharacters: 10, withAnnotations: false }))
  expect(read(localWho)).toContain('mine')
  expect(read(other)).toContain('theirs')
})

test('a trace has so many remarks at most, by whatever way they come', () => {
  const { apply, push, store } = createPlace()
  const remark = { content: 'odd', address: null }
  const annotations = Array.from({ length: 9_999 }, () => remark)
  const trace = push({ messages: [[message]], annotations: [annotations] })
  const ask = store.database.transaction((change: Change, body: object) =>
    apply(change, bytesOf(body), startedAt),
  )
  const add = () => ask({ kind: 'annotate', who: localWho, trace }, remark)
  const more = { messages: [message], annotations: [remark] }
  const append = () => ask({ kind: 'append', who: localWho, trace }, more)
  expect(add().kind).toBe('done')
  expect(add).toThrow('at most 10000')
  expect(append).toThrow('at most 10000')
  const all = { source: 'user', annotations: [remark, remark] }
  const replaced = ask({ kind: 'annotations-replace', who: localWho, trace }, all)
  expect(replaced).toMatchObject({ value: { deleted: 10_000, inserted: 2 } })
  expect(add().kind).toBe('done')
})

test('the remarks of a trace are so long at most, also as they are changed', () => {
  const { apply, push, store } = createPlace()
  const remark = { content: 'x'.repeat(100_000), address: null }
  const trace = push({ messages: [[message]], annotations: [[remark]] })
  const nearlyAll = JSON.stringify({ of: 'y'.repeat(66_990_000) })
  store.database.run('UPDATE annotation SET metadata = ?', [nearlyAll])
  const ask = store.database.transaction((change: Change, body: object) =>
    apply(change, bytesOf(body), startedAt),
  )
  const add = (body: object) => ask({ kind: 'annotate', who: localWho, trace }, body)
  expect(() => add(remark)).toThrow('too long')
  const short = add({ content: 'short', address: null })
  const annotation = textAt(short, 'value', 'id')
  const change = (content: string) =>
    ask({ kind: 'annotation-change', who: localWho, trace, annotation }, { content })
  expect(change('a little longer').kind).toBe('done')
  expect(() => change(remark.content)).toThrow('too long')
  const many = Array.from({ length: 700 }, () => remark)
  expect(() => readAnnotations(many, null, 'annotations')).toThrow('annotations are too long')
})

test('a long file is looked through before a line of it is kept, and kept in slices', () => {
  const { store, apply, push } = createPlace()
  const lines = Array.from({ length: 200 }, (_, index) => JSON.stringify({ index, messages: [message] }))
  const upload = ({ contentType, form }: ReturnType<typeof formOf>) =>
    apply({ kind: 'upload', who: localWho, contentType }, form, startedAt)
  const wrong = formOf('filed', [...lines, '{"messages":5}'].join('\n'))
  const all = () => {
    for (let slices = 1; slices < 100; slices++) if (upload(wrong).kind === 'done') return slices
    return 100
  }
  expect(all).toThrow('line 201')
  expect(countOf(store, 'traces')).toBe(0)
  expect(store.database.query('SELECT * FROM dataset').all()).toEqual([])

  const right = formOf('filed', lines.join('\n'))
  let slices = 0
  while (upload(right).kind === 'more') {
    slices++
    // Somebody pushes to it meanwhile, and takes a number that the file has as well.
    if (countOf(store, 'traces') > 0 && slices % 5 === 0) push({ messages: [[message]], dataset: 'filed' })
  }
  expect(slices).toBeGreaterThan(5)
  const { count } = store.database
    .query<{ count: number }, []>(
      "SELECT count(DISTINCT number) AS count FROM traces WHERE origin = 'uploaded'",
    )
    .get() ?? { count: 0 }
  expect(count).toBe(200)
})

test('a trace of another Weir that is pushed twice is there once, in each project and of each user', () => {
  const { push, store } = createPlace()
  const body = { messages: [[message]], metadata: [{ weir_trace: 'a' }], dataset: 'one' }
  const first = push(body)
  expect(push(body)).toBe(first)
  expect(push({ ...body, metadata: [{ weir_trace: 'b' }] })).not.toBe(first)
  expect(push({ ...body, dataset: 'two' })).not.toBe(first)
  expect(push({ ...body, dataset: 'three' }, other)).not.toBe(first)
  expect(countOf(store, 'traces')).toBe(4)
  for (const metadata of [[{}], [{ weir_trace: 7 }], [{ weir_trace: '' }]]) push({ ...body, metadata })
  expect(countOf(store, 'traces')).toBe(7)
})

test('what became of traces on their way elsewhere is written like any change', () => {
  const { store, apply } = createPlace()
  createOutbox(store.database).add(
    { seq: 1, id: 'a', project: 'default', at: 0, bytes: 10, skipped: null },
    { when: 'always', mostEntries: 9, mostBytes: 9000 },
  )
  const change = { id: 'a', state: 'sent', attempts: 1, dueAt: 0, detail: null, remoteId: 'r' } as const
  const changed = apply({ kind: 'pushed', who: localWho, changes: [change] }, new Uint8Array(0), 5)
  expect(changed).toEqual({ kind: 'done', value: null })
  expect(createWaiting(store).sums()).toMatchObject([{ project: 'default', entries: 0, sent: 1 }])
})
