import { afterEach, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { storeFile } from '../../src/cli/files.ts'
import { startChild, type Child } from '../support/child.ts'
import { createRemoteStore, type Behaviour, type Remote } from '../support/remote.ts'
import { createFolder } from '../support/traces.ts'
import { until } from '../support/until.ts'

/** The queue under the worst that can come together: a remote that flaps, and Weir killed again and again meanwhile. */
const children: Child[] = []
let remote: Remote | undefined

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL')
    await child.process.exited
  }
  await remote?.stop()
})

/** In turn all that can go wrong before and after a trace is kept. */
const flaps: readonly Behaviour[] = [
  { kind: 'take' },
  { kind: 'cut', after: true },
  { kind: 'take' },
  { kind: 'status', status: '500 Internal Server Error', after: true },
  { kind: 'cut' },
  { kind: 'take' },
  { kind: 'status', status: '503 Service Unavailable' },
  { kind: 'status', status: '429 Too Many Requests', more: ['Retry-After: 1'] },
  { kind: 'take' },
  { kind: 'hang', after: true },
]

async function ask({ url }: Child): Promise<void> {
  const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hello' }] })
  const response = await fetch(`${url}/demo/v1/chat/completions`, { method: 'POST', body })
  await response.text()
}

test('killed again and again while its remote flaps, each trace that is stored arrives once', async () => {
  using folder = createFolder()
  const store = await createRemoteStore()
  remote = store
  let turn = 0
  store.behave = () => flaps[turn++ % flaps.length] ?? { kind: 'take' }
  const settings = {
    projects: { default: { push: { url: store.url, key: 'inv-1', when: 'always' } } },
    log: 'warn',
  }
  for (let round = 0; round < 5; round++) {
    const weir = await startChild(settings, { folder: folder.path })
    children.push(weir)
    const before = store.calls.length
    await Promise.all(Array.from({ length: 8 }, () => ask(weir)))
    // In the middle of sending: some are on their way, some were told of, some wait.
    await until('some to be sent', () => store.calls.length > before + 2, 20_000)
    await Bun.sleep(37 * round)
    weir.process.kill('SIGKILL')
    await weir.process.exited
  }
  store.behave = () => ({ kind: 'take' })
  const last = await startChild(settings, { folder: folder.path })
  children.push(last)
  await last.traces()
  using database = new Database(join(folder.path, 'data', storeFile), { readonly: true })
  const waiting = database.query<{ count: number }, []>(
    "SELECT count(*) AS count FROM push WHERE state <> 'sent'",
  )
  await until('all to be sent', () => waiting.get()?.count === 0, 60_000)
  const traces = database.query<{ id: string }, []>('SELECT id FROM traces ORDER BY id').all()
  const sums = database.query('SELECT entries, bytes, sent, refused, dropped FROM push_sum').all()
  expect(traces.length).toBeGreaterThan(20)
  expect(store.stored.map(({ trace }) => trace).toSorted()).toEqual(traces.map(({ id }) => id))
  expect(sums).toEqual([{ entries: 0, bytes: 0, sent: traces.length, refused: 0, dropped: 0 }])
}, 180_000)
