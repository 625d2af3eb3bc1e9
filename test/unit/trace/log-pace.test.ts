import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '../../../src/trace/store.ts'
import { batchOf, keeperOf, whole } from '../../support/traces.ts'

async function withStore(act: (store: Store) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-log-'))
  const opened = openStore({
    path: join(folder, 'traces.sqlite'),
    durable: false,
    log: () => {},
    now: Date.now,
  })
  if (opened.kind !== 'open') throw new Error('The store did not open')
  try {
    act(opened.store)
  } finally {
    opened.store.close()
    rmSync(folder, { recursive: true })
  }
}

/** The size of the log after so many batches of so many traces, which are about a kilobyte each. */
function logAfter({ batches, traces }: { batches: number; traces: number }, store: Store, first: number) {
  const keeper = keeperOf(store)
  for (let number = first; number < first + batches; number++) {
    const said = Array.from({ length: traces }, (_, each) => {
      const text = Array.from({ length: 40 }, (_, part) => Bun.hash(`${number} ${each} ${part}`)).join(' ')
      return whole(`${number}-${each}`, `{"prompt":"${text}"}`, `{"answer":"${text}"}`)
    })
    keeper.keep(batchOf(number, ...said))
  }
  return statSync(`${store.path}-wal`).size
}

test('the log of a small store stays small, one of many traces at once is worked in less often', async () => {
  await withStore((store) => {
    const few = logAfter({ batches: 300, traces: 3 }, store, 1)
    expect(few).toBeLessThan(2e6)
    const many = logAfter({ batches: 60, traces: 40 }, store, 1000)
    expect(many).toBeGreaterThan(3e6)
    expect(many).toBeLessThan(9.5e6)
    // It is worked in with the next few, and begins anew: the file keeps its size until all is quiet.
    logAfter({ batches: 30, traces: 1 }, store, 2000)
    const { log } = store.database.query<{ log: number }, []>('PRAGMA wal_checkpoint(PASSIVE)').get() ?? {}
    expect(log).toBeLessThan(450)
  })
})
