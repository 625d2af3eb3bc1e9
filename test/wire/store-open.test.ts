import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createReader } from '../../src/trace/read.ts'
import { type Opened, openReader, openStore } from '../../src/trace/store.ts'
import { batchOf, countOf, createFolder, keeperOf, startedAt, storeAt, whole } from '../support/traces.ts'

const request = '{"messages":["Hello"]}'
const reply = '{"a":1}'
const noise = (length: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(length / 2))).toString('hex')

function openAt(path: string, events: string[] = [], suspect = false): Opened {
  const log = (_: string, event: string) => void events.push(event)
  return openStore({ path, durable: false, suspect, log, now: () => startedAt })
}

function fill(path: string, count = 50): void {
  const store = storeAt(path)
  keeperOf(store).keep(
    batchOf(
      1,
      ...Array.from({ length: count }, (_, at) => whole(`a${at}`, `{"a":["${noise(4000)}"]}`, reply)),
    ),
  )
  store.close()
}

test('the store and its log are for its owner only', () => {
  using folder = createFolder()
  const path = join(folder.path, 'deep', 'er', 'traces.sqlite')
  const store = storeAt(path)
  keeperOf(store).keep(batchOf(1, whole('a', request, reply)))
  const modeOf = (file: string) => statSync(file).mode & 0o777
  expect(modeOf(join(folder.path, 'deep'))).toBe(0o700)
  expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600])
  store.close()
  chmodSync(path, 0o644)
  storeAt(path).close()
  expect(modeOf(path)).toBe(0o600)
})

test('what was kept is there after closing, and for a reader meanwhile', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const store = storeAt(path)
  const reader = openReader(path)
  keeperOf(store).keep(batchOf(1, whole('a', request, reply)))
  expect(createReader(reader).get('a')?.reply).toEqual({ a: 1 })
  expect(() => reader.database.run('DELETE FROM traces')).toThrow()
  reader.close()
  store.close()
  const again = storeAt(path)
  expect(countOf(again, 'traces')).toBe(1)
  again.close()
})

test('a file that is no store is moved aside, told in the log, and a new one begun', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  writeFileSync(path, noise(20_000))
  const events: string[] = []
  const opened = openAt(path, events)
  expect(opened.kind).toBe('open')
  if (opened.kind !== 'open') return
  expect(events).toEqual(['store-corrupt'])
  expect(opened.movedAside).toBe(`${path}.corrupt-2023-11-14T22-13-20-000Z`)
  expect(existsSync(opened.movedAside ?? '')).toBe(true)
  expect(keeperOf(opened.store).keep(batchOf(1, whole('a', request, reply)))).toMatchObject({ finished: 1 })
  opened.store.close()
})

test('a store with a damaged page is moved aside as well, a whole one is not', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  fill(path)
  expect(openAt(path)).toMatchObject({ kind: 'open', movedAside: null })
  const bytes = readFileSync(path)
  for (let page = 3; page < bytes.length / 4096; page++) bytes.fill(0xaa, page * 4096, page * 4096 + 64)
  writeFileSync(path, bytes)
  const opened = openAt(path)
  expect(opened).toMatchObject({ kind: 'open' })
  expect(readdirSync(folder.path).some((name) => name.includes('.corrupt-'))).toBe(true)
  if (opened.kind === 'open') opened.store.close()
})

test('a store of a later Weir is left as it is', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  fill(path)
  const database = new Database(path)
  database.run('PRAGMA user_version = 99')
  database.close()
  expect(openAt(path)).toMatchObject({ kind: 'failed', trouble: { kind: 'newer' } })
  expect(readdirSync(folder.path)).toEqual(['traces.sqlite'])
})

test('a place where no file can be is told as trouble', () => {
  using folder = createFolder()
  writeFileSync(join(folder.path, 'file'), '')
  expect(openAt(join(folder.path, 'file', 'traces.sqlite')).kind).toBe('failed')
})
