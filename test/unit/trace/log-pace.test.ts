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
function createLogAfter(store: Store) {
  const keeper = keeperOf(store)
  let number = 0
  const batch = (traces: number) => {
    number++
    const said = Array.from({ length: traces }, (_, each) => {
      const text = Array.from({ length: 40 }, (_, part) => Bun.hash(`${number} ${each} ${part}`)).join(' ')
      return whole(`${number}-${each}`, `{"prompt":"${text}"}`, `{"answer":"${text}"}`)
    })
    keeper.keep(batchOf(number, ...said))
  }
  return (batches: number, traces: number): number => {
    for (let done = 0; done < batches; done++) batch(traces)
    return statSync(`${store.path}-wal`).size
  }
}

test('the log of a small store stays small, one of many traces at once is worked in less often', async () => {
  await withStore((store) => {
    const logAfter = createLogAfter(store)
    expect(logAfter(300, 3)).toBeLessThan(2e6)
    const many = logAfter(60, 40)
    expect(many).toBeGreaterThan(3e6)
    expect(many).toBeLessThan(9.5e6)
    expect(logAfter(1, 1)).toBeLessThan(9.5e6)
    expect(store.database.query('PRAGMA wal_autocheckpoint').get()).toEqual({ wal_autocheckpoint: 400 })
  })
})
