import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { createReader } from '../../src/trace/read.ts'
import type { Store } from '../../src/trace/store.ts'
import { countOf, createFolder, keeperOf, storeAt } from '../support/traces.ts'

const child = join(import.meta.dir, '../support/keeping.ts')

/** Runs until so many batches were acknowledged, then kill -9. Gives the number of the last one. */
async function killAfter(batches: number, of: string[]): Promise<number> {
  const process = Bun.spawn(['bun', child, ...of], { stdout: 'pipe', stderr: 'inherit' })
  let text = ''
  for await (const chunk of process.stdout) {
    text += new TextDecoder().decode(chunk)
    if (text.split('\n').length > batches) process.kill('SIGKILL')
  }
  await process.exited
  const whole = text.slice(0, text.lastIndexOf('\n'))
  return Number(whole.split('\n').at(-1))
}

test.each(['fast', 'durable'])(
  'killed in the middle of keeping, again and again, each acknowledged trace is there once (%s)',
  async (mode) => {
    using folder = createFolder()
    const path = join(folder.path, 'traces.sqlite')
    let number = 0
    for (const batches of [1, 3, 7, 15, 40]) {
      const first = number + 1
      const sender = `life ${first}`
      const last = await killAfter(batches, [path, sender, String(first), mode])
      const store = storeAt(path)
      const keeper = keeperOf(store)
      keeper.recover()
      expect(keeper.rest()).toBeNull()
      // A batch more may have been committed than was told; none may be missing.
      const told = last - first + 1
      const count = countOf(store, 'traces')
      const found = new Set(
        store.database
          .query<{ id: string }, []>('SELECT id FROM traces')
          .all()
          .map(({ id }) => id),
      )
      expect(found.size).toBe(count)
      for (let batch = first; batch <= last; batch++) {
        for (let at = 0; at < 20; at++) expect(found.has(`${batch}-${at}`)).toBe(true)
        expect(found.has(`${batch}-open`)).toBe(true)
      }
      expect(told).toBeGreaterThanOrEqual(batches)
      expect(countOf(store, 'open')).toBe(0)
      expect(store.database.query('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
      if (told > 1) expect(createReader(store).get(`${first}-open`)).toMatchObject({ outcome: 'answered' })
      // Every body is one and the same: one piece, counted by the traces that there are.
      const uses = store.database.query<{ count: number }, []>('SELECT count FROM piece_use').all()
      expect(uses).toEqual([{ count }])
      expectWholeSessions(store)
      number = last + 1
      store.close()
    }
  },
  60_000,
)

/** Sessions are written with their traces: as many as they count are there, and each is found by what it was linked to. */
function expectWholeSessions({ database }: Store): void {
  const counted = database.query<{ id: string; traces: number; messages: number }, []>(
    'SELECT id, traces, messages FROM session ORDER BY id',
  )
  const there = database.query<{ id: string; traces: number; messages: number }, []>(
    `SELECT session AS id, count(*) AS traces, sum(messages - shared + answers) AS messages
     FROM traces WHERE session IS NOT NULL GROUP BY session ORDER BY session`,
  )
  expect(counted.all().length).toBeGreaterThan(0)
  expect(counted.all()).toEqual(there.all())
  const links = database.query<{ links: number; traces: number }, []>(
    'SELECT (SELECT count(*) FROM link) AS links, (SELECT count(*) FROM traces WHERE links IS NOT NULL) AS traces',
  )
  const { links: found, traces } = links.get() ?? { links: 0, traces: -1 }
  expect(found).toBe(traces)
}

test('a thread that is killed and started again stores what is sent again once', async () => {
  using folder = createFolder()
  const path = join(folder.path, 'traces.sqlite')
  // The same sender from the same number on: batches that were committed come again.
  for (const batches of [2, 5, 9]) await killAfter(batches, [path, 'one', '1', 'thread'])
  const store = storeAt(path)
  const ids = store.database.query<{ id: string }, []>('SELECT id FROM traces').all()
  expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length)
  expect(countOf(store, 'payload')).toBe(ids.length)
  expect(countOf(store, 'open')).toBe(1)
  expect(createReader(store).get('1-open')).toMatchObject({ outcome: 'answered', reply: { text: 'Hi' } })
  store.close()
}, 30_000)
