import { expect, test } from 'bun:test'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openFiles, storeFile } from '../../../src/cli/files.ts'
import type { TraceSource } from '../../../src/cli/source.ts'
import { idAt } from '../../../src/core/id.ts'
import {
  batchOf,
  beginOf,
  countOf,
  createFolder,
  jsonHead,
  keeperOf,
  quiet,
  said,
  startedAt,
  storeAt,
  whole,
} from '../../support/traces.ts'

const idOf = (at: number) => idAt(startedAt + at * 1000)
const later = startedAt + 1_000_000
const open = (folder: string): TraceSource => openFiles(folder, { now: () => later, log: quiet })
const idsOf = ({ traces }: { traces: readonly { id: string }[] }) => traces.map(({ id }) => id)

/** Trace n began n seconds after the first, and names its number. */
function fill(folder: string, count: number, first = 0) {
  const store = storeAt(join(folder, storeFile))
  const begin = (at: number) => beginOf({ startedAt: startedAt + at * 1000, project: `p${at % 2}` })
  const all = Array.from({ length: count }, (_, index) => {
    const at = first + index
    return whole(idOf(at), `{"a":"number ${at}"}`, '{"b":1}', { begin: begin(at) })
  })
  keeperOf(store, { sender: `from ${first}` }).keep(batchOf(1, ...all))
  return store
}

test('without a store there is nothing to list, show, follow or prune, and its place can be told', async () => {
  using folder = createFolder()
  const source = open(folder.path)
  const path = join(folder.path, storeFile)
  expect(source.missing()).toBe(path)
  expect(await source.list({}, { limit: 10, cursor: null })).toEqual({ traces: [], cursor: null })
  expect([await source.get('x'), await source.raw('x'), await source.running('x')]).toEqual([
    null,
    null,
    null,
  ])
  expect(await source.prune({ keepCount: 0, mode: 'remove' })).toEqual({ traces: 0, bytes: 0 })
  expect(await source.prune({ keepCount: 0, mode: 'count' })).toEqual({ traces: 0, bytes: 0 })
  expect(existsSync(path)).toBe(false)
  await source.close()
})

test('a follower that came before the store is told all that comes', async () => {
  using folder = createFolder()
  const source = open(folder.path)
  const { cursor } = await source.after({}, null)
  expect(await source.after({}, cursor)).toEqual({ traces: [], cursor })
  const store = fill(folder.path, 2)
  const news = await source.after({}, cursor)
  expect(idsOf(news)).toEqual([idOf(0), idOf(1)])
  expect(source.missing()).toBeNull()
  await source.close()
  store.close()
})

test('a follower is told what fits, however much lies between', async () => {
  using folder = createFolder()
  const store = fill(folder.path, 1)
  const source = open(folder.path)
  const { cursor } = await source.after({ text: 'number 2999' }, null)
  fill(folder.path, 3000, 1).close()
  expect(idsOf(await source.after({ text: 'number 2999' }, cursor))).toEqual([idOf(2999)])
  expect((await source.after({ project: 'p1' }, cursor)).traces.length).toBeGreaterThanOrEqual(1000)
  await source.close()
  store.close()
})

test('pages of a list follow each other', async () => {
  using folder = createFolder()
  fill(folder.path, 3).close()
  const source = open(folder.path)
  const first = await source.list({}, { limit: 2, cursor: null })
  const second = await source.list({}, { limit: 2, cursor: first.cursor })
  expect([idsOf(first), idsOf(second), second.cursor]).toEqual([[idOf(2), idOf(1)], [idOf(0)], null])
  await source.close()
})

test('an exchange that still runs is known as such, and only as such', async () => {
  using folder = createFolder()
  const store = storeAt(join(folder.path, storeFile))
  keeperOf(store).keep(batchOf(1, said(idOf(0), '{"a":1}', '', { begin: beginOf(), head: jsonHead })))
  const source = open(folder.path)
  expect(await source.get(idOf(0))).toBeNull()
  expect(await source.running(idOf(0))).toMatchObject({
    id: idOf(0),
    status: 200,
    model: 'small',
    requestBytes: 7,
  })
  expect(await source.running(idOf(1))).toBeNull()
  await source.close()
  store.close()
})

test('a dry run counts what the removal then removes, and removes nothing', async () => {
  using folder = createFolder()
  const store = fill(folder.path, 10)
  const source = open(folder.path)
  for (const policy of [
    { before: startedAt + 3000 },
    { keepCount: 5 },
    { before: startedAt + 5500, keepCount: 5 },
  ]) {
    const before = countOf(store, 'traces')
    const counted = await source.prune({ ...policy, mode: 'count' })
    expect(countOf(store, 'traces')).toBe(before)
    const removed = await source.prune({ ...policy, mode: 'remove' })
    expect(removed.traces).toBe(counted.traces)
    expect(countOf(store, 'traces')).toBe(before - counted.traces)
  }
  expect(idsOf(await source.list({}, { limit: 10, cursor: null }))).toEqual([9, 8, 7, 6].map(idOf))
  expect((await source.prune({ keepBytes: 0, mode: 'remove' })).traces).toBe(4)
  await source.close()
  store.close()
})

test('keeping none removes all, and keeping more than there are removes none', async () => {
  using folder = createFolder()
  const store = fill(folder.path, 3)
  const source = open(folder.path)
  expect((await source.prune({ keepCount: 4, mode: 'remove' })).traces).toBe(0)
  expect((await source.prune({ keepBytes: 1e12, mode: 'remove' })).traces).toBe(0)
  expect((await source.prune({ keepCount: 0, mode: 'remove' })).traces).toBe(3)
  await source.close()
  store.close()
})

test('a file that cannot be used is told in one line that says what to do', async () => {
  using folder = createFolder()
  const path = join(folder.path, storeFile)
  writeFileSync(path, 'no store at all '.repeat(1000))
  const damaged = open(folder.path).list({}, { limit: 1, cursor: null })
  await expect(damaged).rejects.toThrow(`${path} is damaged, or no store of Weir: weir serve moves it aside`)
  await expect(open(folder.path).prune({ keepCount: 1, mode: 'remove' })).rejects.toThrow('is damaged')
  writeFileSync(path, '')
  const store = storeAt(path)
  store.database.run('PRAGMA user_version = 99')
  store.close()
  await expect(open(folder.path).get('x')).rejects.toThrow(
    `${path} was written by a newer Weir: use that one`,
  )
})

test('a store that another process holds fast is told as locked', async () => {
  using folder = createFolder()
  const store = fill(folder.path, 2)
  const source = open(folder.path)
  store.database.run('BEGIN IMMEDIATE')
  expect(await source.prune({ keepCount: 1, mode: 'count' })).toMatchObject({ traces: 1 })
  await expect(source.prune({ keepCount: 1, mode: 'remove' })).rejects.toThrow('is locked by another process')
  store.database.run('ROLLBACK')
  await source.close()
  store.close()
})
