import { expect, test } from 'bun:test'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Reply } from '../../../src/trace/desk.ts'
import { createReading } from '../../../src/trace/reading.ts'
import { batchOf, createFolder, keeperOf, startedAt, storeAt, whole } from '../../support/traces.ts'

/** A thread that reads, asked for one trace. */
function readingAt(path: string) {
  const replies: Reply[] = []
  const { answer } = createReading(
    path,
    () => startedAt,
    (reply) => void replies.push(reply),
  )
  let number = 0
  return (id: string): Reply | undefined => {
    answer({ number: ++number, call: 'get', values: [id] })
    return replies.at(-1)
  }
}

function keepAt(path: string, id: string): void {
  const store = storeAt(path)
  keeperOf(store).keep(batchOf(1, whole(id, '{}', '{"a":1}')))
  store.close()
}

test('a store that is not there yet cannot be read, and can be once it is', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  const ask = readingAt(path)
  expect(ask('a')).toMatchObject({ number: 1, kind: 'failed' })
  keepAt(path, 'a')
  expect(ask('a')).toMatchObject({ number: 2, kind: 'told', value: { id: 'a' } })
  expect(ask('b')).toEqual({ number: 3, kind: 'told', value: null })
})

test('a trace is told with its conversation', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  keepAt(path, 'a')
  const conversation = { model: 'small', messages: [], tools: [], settings: {}, replyFrom: 0, ends: [] }
  expect(readingAt(path)('a')).toMatchObject({ kind: 'told', value: { conversation } })
})

test('a store that another took the place of is not read from any more', () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  keepAt(path, 'old')
  const ask = readingAt(path)
  expect(ask('old')).toMatchObject({ value: { id: 'old' } })
  renameSync(path, `${path}.corrupt`)
  keepAt(path, 'new')
  expect(ask('new')).toMatchObject({ kind: 'told', value: { id: 'new' } })
  expect(ask('old')).toMatchObject({ kind: 'told', value: null })
})
