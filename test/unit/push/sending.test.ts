import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { wallClock } from '../../../src/core/clock.ts'
import type { PushChange } from '../../../src/merge/push.ts'
import { createSending, type ToSender } from '../../../src/push/sending.ts'
import { createOutbox } from '../../../src/trace/push/outbox.ts'
import { batchOf, createFolder, keeperOf, startedAt, storeAt, whole } from '../../support/traces.ts'
import { until } from '../../support/until.ts'

const target = { project: 'default', url: 'http://127.0.0.1:9', key: null, dataset: 'default' }
const body = '{"messages":[{"role":"user","content":"Hi"}]}'

test('traces that cannot be read any more are passed over, and hold up none behind them', async () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.db')
  const store = storeAt(path)
  const outbox = createOutbox(store.database)
  const ids = ['a', 'b', 'c', 'd', 'e']
  keeperOf(store).keep(batchOf(1, ...ids.map((id) => whole(id, body, '{}'))))
  const rule = { when: 'always', mostEntries: 9, mostBytes: 9000 } as const
  for (const [at, id] of ids.entries())
    outbox.add({ seq: at + 1, id, project: 'default', at: startedAt, bytes: 1, skipped: null }, rule)
  store.database.run("UPDATE payload SET data = x'00' WHERE seq < 5")

  const changes = new Map<string, PushChange>()
  const send: { receive: (message: ToSender) => void } = createSending(
    {
      path,
      targets: [target],
      fetch: async () => Response.json({ id: ['remote'] }),
      now: wallClock,
    },
    (said) => {
      if (said.kind !== 'record') return
      changes.set(said.change.id, said.change)
      outbox.change(said.change)
      queueMicrotask(() => send.receive({ kind: 'recorded', number: said.number, isKept: true }))
    },
  )
  await until('the last to be sent', () => changes.get('e')?.state === 'sent')
  expect(ids.map((id) => changes.get(id)?.state)).toEqual([
    'skipped',
    'skipped',
    'skipped',
    'skipped',
    'sent',
  ])
  expect(changes.get('a')?.detail).toStartWith('It cannot be read: ')
  send.receive({ kind: 'stop' })
  store.close()
})
