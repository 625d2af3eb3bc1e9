import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createPieceStore } from '../trace/piece-store.ts'
import { createRetention, type Retention } from '../trace/retention.ts'
import { openBeside, usedBytes, type Store } from '../trace/store.ts'
import { troubleOf } from '../trace/trouble.ts'
import type { PrunePolicy, Pruned } from './source.ts'
import { troubled } from './trouble.ts'

/** Removal from the store's files, in slices, because the Weir that runs beside it wants to write too. */
export type ClearOptions = { readonly now: Clock; readonly log: Log }

const sliceMs = 100
const pauseMs = 2

export async function clear(policy: PrunePolicy, path: string, { now, log }: ClearOptions): Promise<Pruned> {
  const opened = openBeside({ path, durable: false, log, now })
  if (opened.kind === 'failed') throw troubled(path, opened.trouble)
  const { store } = opened
  try {
    const before = usedBytes(store.database)
    const { keepCount = 0, keepBytes = 0 } = policy
    const settings = { keepDays: 0, keepCount, keepBytes }
    const pieces = createPieceStore(store.database)
    const retention = createRetention({ store, pieces, settings, now })
    const traces =
      (await removeBefore(ageOf(policy, now), retention, store)) + (await settle(retention, path))
    return { traces, bytes: Math.max(0, before - usedBytes(store.database)) }
  } finally {
    store.close()
  }
}

/** For retention a bound of 0 is none; who says here that nothing is to be kept means it. */
function ageOf({ before, keepCount, keepBytes }: PrunePolicy, now: Clock): number | undefined {
  return keepCount === 0 || keepBytes === 0 ? now() : before
}

async function removeBefore(
  until: number | undefined,
  retention: Retention,
  { path }: Store,
): Promise<number> {
  if (until === undefined) return 0
  let removed = 0
  let before: string | undefined
  for (;;) {
    const slice = attempt(path, () => retention.removeWhere({ until, before }, sliceMs))
    removed += slice.removed
    if (slice.next === null) return removed
    before = slice.next
    await Bun.sleep(pauseMs)
  }
}

/** By number and by bytes, and then what is free goes back to the file system. */
async function settle(retention: Retention, path: string): Promise<number> {
  let removed = 0
  for (;;) {
    const step = retention.step('quiet', sliceMs)
    if (step.kind === 'failed') throw troubled(path, step.trouble)
    removed += step.removed
    if (step.kind === 'done') return removed
    await Bun.sleep(pauseMs)
  }
}

function attempt<Value>(path: string, act: () => Value): Value {
  try {
    return act()
  } catch (error) {
    throw troubled(path, troubleOf(error))
  }
}
