import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { storeFile } from '../../src/cli/files.ts'
import { visitStore } from '../../src/trace/store.ts'
import { watchWeir, weir } from '../support/command.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'
import { startWeir } from '../support/weir.ts'

/** Exports brought in and written on the command line, beside a Weir that runs and without one. */
const traceOf = (index: number) => ({
  index,
  messages: [{ role: 'user', content: `Question ${index}, in many words. ${'And more. '.repeat(50)}` }],
  metadata: { index },
  annotations: [{ content: 'seen', address: 'messages.0.content:0-8', extra_metadata: { source: 'test' } }],
})

const runIn =
  (folder: string) =>
  (...list: readonly string[]) =>
    weir(list, { folder })

const textOf = (count: number) =>
  [{ metadata: { of: 'a file' } }, ...Array.from({ length: count }, (_, index) => traceOf(index))]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')

test('what is exported is what was brought in, line by line', async () => {
  using folder = createFolder()
  const run = runIn(folder.path)
  const file = join(folder.path, 'mine.jsonl')
  await Bun.write(file, textOf(500))
  const data = join(folder.path, 'data')
  expect(await run('import', '--data', data, file)).toMatchObject({
    code: 0,
    stdout: '500 traces added to mine, 0 were there\n',
  })
  expect(await run('import', '--data', data, file)).toMatchObject({
    code: 0,
    stdout: '0 traces added to mine, 500 were there\n',
  })
  expect((await run('export', '--data', data, '--project', 'mine')).stdout).toBe(textOf(500))
  expect(await run('export', '--data', data, '--project', 'none')).toMatchObject({ code: 1, stdout: '' })
  expect((await run('import', '--data', data, join(folder.path, 'none.jsonl'))).code).toBe(1)
  expect((await run('import', '--data', data, '--project', 'my project', file)).code).toBe(2)
})

test('an import that was killed goes on where it was', async () => {
  using folder = createFolder()
  const run = runIn(folder.path)
  const file = join(folder.path, 'big.jsonl')
  await Bun.write(file, textOf(4000))
  const data = join(folder.path, 'data')
  const count = () => {
    const visited = visitStore(join(data, storeFile))
    if (visited.kind !== 'open') return 0
    const { store } = visited
    try {
      const row = store.database.query<{ count: number }, []>('SELECT count(*) AS count FROM traces').get()
      return row?.count ?? 0
    } finally {
      store.close()
    }
  }
  const child = watchWeir(['import', '--data', data, file], { folder: folder.path })
  await until('some traces', () => count() > 0)
  child.signal('SIGKILL')
  await child.exited
  const before = count()
  const { stdout } = await run('import', '--data', data, file)
  expect(stdout).toBe(
    `${(4000 - before).toLocaleString('en')} traces added to big, ${before.toLocaleString('en')} were there\n`,
  )
  expect(count()).toBe(4000)
}, 60_000)

test('an export is brought in beside a Weir that runs, which tells of it at once', async () => {
  await using running = await startWeir()
  const run = runIn(running.folder)
  const file = join(running.folder, 'beside.jsonl')
  await Bun.write(file, textOf(300))
  const pushing = Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      fetch(`${running.url}/api/v1/push/trace`, {
        method: 'POST',
        body: JSON.stringify({ messages: [[{ role: 'user', content: `pushed ${at}` }]], dataset: 'pushed' }),
      }).then(({ status }) => status),
    ),
  )
  expect((await run('import', '--data', running.folder, file)).code).toBe(0)
  expect(new Set(await pushing)).toEqual(new Set([200]))
  const told = await fetch(`${running.url}/api/v1/dataset/byuser/developer/beside`)
  expect(await told.json()).toMatchObject({ num_traces: 300, extra_metadata: { of: 'a file' } })
  const download = await fetch(`${running.url}/api/v1/dataset/byuser/developer/beside/download`)
  expect(await download.text()).toBe(textOf(300))
}, 60_000)

test('rules go with an export, and those of a file that was brought in hold for nobody and go with the next', async () => {
  using folder = createFolder()
  const run = runIn(folder.path)
  const policies = [{ id: 'p', name: 'of the file', content: 'raise "x" if:\n    True\n' }]
  const text = `${JSON.stringify({ metadata: { of: 'a file', policies } })}\n${JSON.stringify(traceOf(0))}\n`
  const file = join(folder.path, 'ruled.jsonl')
  await Bun.write(file, text)
  await using running = await startWeir()
  expect((await run('import', '--data', running.folder, file)).code).toBe(0)
  const dataset = `${running.url}/api/v1/dataset/byuser/developer/ruled`
  expect(await (await fetch(`${dataset}/policy`)).json()).toEqual({ policies: [] })
  expect((await run('export', '--data', running.folder, '--project', 'ruled')).stdout).toBe(text)
  expect(await (await fetch(`${dataset}/download`)).text()).toBe(text)
}, 60_000)
