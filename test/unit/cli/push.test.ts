import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openFiles } from '../../../src/cli/files.ts'
import { createOutbox } from '../../../src/trace/push/outbox.ts'
import { createFolder, quiet, storeAt } from '../../support/traces.ts'
import { play, sourceOf } from './world.ts'

const sums = {
  project: 'default',
  entries: 2,
  bytes: 3000,
  sent: 1200,
  refused: 1,
  dropped: 0,
  oldestAt: null,
}

function withSums(all: readonly (typeof sums)[]) {
  return { openTraces: async () => ({ ...sourceOf([]), pushes: async () => all }) }
}

test('the status is a line for each project, as a table on a terminal, and nothing where nothing is', async () => {
  const piped = await play(['push', 'status'], withSums([sums]))
  expect(piped).toMatchObject({ code: 0, out: 'default\t2\t3.0 kB\t-\t1,200\t1\t0\n' })
  const shown = await play(['push', 'status'], { ...withSums([sums]), isTerminal: true, width: 100 })
  expect(Bun.stripANSI(shown.out).split('\n')[0]?.trim()).toBe(
    'PROJECT  WAITING    SIZE  OLDEST   SENT  REFUSED  DROPPED',
  )
  expect((await play(['push', 'status', '--json'], withSums([sums]))).out).toBe(`${JSON.stringify(sums)}\n`)
  expect(await play(['push', 'status'], withSums([]))).toMatchObject({ code: 0, out: '' })
})

test('what was refused waits again, of one project or of all', async () => {
  using folder = createFolder()
  const store = storeAt(join(folder.path, 'traces.sqlite'))
  const outbox = createOutbox(store.database)
  const rule = { when: 'always', mostEntries: 9, mostBytes: 9000 } as const
  for (const [at, project] of ['one', 'two', 'two'].entries()) {
    const id = `t${at}`
    outbox.add({ seq: at + 1, id, project, at: 5, bytes: 10, skipped: null }, rule)
    outbox.change({ id, state: 'refused', attempts: 1, dueAt: 0, detail: 'no', remoteId: null })
  }
  const files = openFiles(folder.path, { now: () => 1000, log: quiet })
  const openTraces = async () => files
  const retried = await play(['push', 'retry', '--project', 'one'], { openTraces })
  expect(retried).toMatchObject({ code: 0, out: '1 trace waits again\n' })
  expect((await play(['push', 'retry'], { openTraces })).out).toBe('2 traces wait again\n')
  expect(await files.pushes()).toMatchObject([
    { project: 'one', entries: 1, refused: 0, oldestAt: 5 },
    { project: 'two', entries: 2, refused: 0, oldestAt: 5 },
  ])
  await files.close()
  store.close()
})

test('without a store nothing waits', async () => {
  using folder = createFolder()
  expect(await openFiles(folder.path, { now: () => 0, log: quiet }).pushes()).toEqual([])
})
