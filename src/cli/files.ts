import { join } from 'node:path'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createPieceStore } from '../trace/piece-store.ts'
import { createLists } from '../trace/query.ts'
import { createReader } from '../trace/read.ts'
import { createRetention } from '../trace/retention.ts'
import { openReader, openStore, type Store } from '../trace/store.ts'
import type { PrunePolicy, Pruned, TraceSource } from './source.ts'

/** Traces from the store's own files: beside a Weir that runs, or without one. */
export const storeFile = 'traces.sqlite'

const dayMs = 24 * 60 * 60 * 1000
const sliceMs = 200

export function openFiles(folder: string, now: Clock, log: Log): TraceSource {
  const path = join(folder, storeFile)
  const store = openReader(path)
  const lists = createLists(store, { now })
  const reader = createReader(store)
  return {
    list: async (query, { limit, cursor }) => {
      const { traces, next } = lists.list({ ...query, limit, before: cursor ?? undefined })
      return { traces, cursor: next }
    },
    after: async (_, cursor) => lists.after(cursor),
    get: async (id) => reader.get(id),
    raw: async (id) => reader.raw(id),
    prune: async (policy) => prune(policy, path, { store, now, log }),
    close: async () => store.close(),
  }
}

type Tools = { readonly store: Store; readonly now: Clock; readonly log: Log }

async function prune(policy: PrunePolicy, path: string, { store, now, log }: Tools): Promise<Pruned> {
  const { totals } = createLists(store, { now })
  const before = totals()
  const opened = openStore({ path, durable: false, log, now })
  if (opened.kind === 'failed') throw new Error(`Cannot write to ${path}: ${opened.trouble.message}`)
  const writer = opened.store
  try {
    const settings = {
      keepDays: policy.before === undefined ? 0 : (now() - policy.before) / dayMs,
      keepBytes: policy.keepBytes ?? 0,
      keepCount: policy.keepCount ?? 0,
    }
    const pieces = createPieceStore(writer.database)
    const retention = createRetention({ store: writer, pieces, settings, now })
    for (;;) {
      const step = retention.step(sliceMs)
      if (step.kind === 'failed') throw new Error(`Cannot prune ${path}: ${step.trouble.message}`)
      if (step.kind === 'done') break
      // The Weir that runs beside this wants to write too.
      await Bun.sleep(1)
    }
    const after = totals()
    return { traces: before.count - after.count, bytes: Math.max(0, before.bytes - after.bytes) }
  } finally {
    writer.close()
  }
}
