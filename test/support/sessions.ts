import type { JsonObject } from '../../src/conversation/json.ts'
import { idAt } from '../../src/core/id.ts'
import type { Begin } from '../../src/merge/report.ts'
import type { Keeper } from '../../src/trace/keeper.ts'
import { createReader } from '../../src/trace/read.ts'
import type { Store } from '../../src/trace/store.ts'
import type { TraceHead } from '../../src/trace/trace.ts'
import { batchOf, beginOf, endOf, jsonHead, keeperOf, memoryStore, type Said, whole } from './traces.ts'

/** Exchanges of a few words each, kept one after the other, for tests of what becomes of them together. */
export type Spoken = {
  readonly id?: string
  readonly say: readonly string[]
  /** One for each choice; without any there was no answer. */
  readonly hear?: readonly string[]
  readonly answerId?: string
  readonly settings?: JsonObject
  readonly begin?: Partial<Begin>
}

export function spoken({ id = '', say, hear = [], answerId, settings = {}, begin = {} }: Spoken): Said {
  const request = JSON.stringify({ say, ...settings })
  const reply = hear.length === 0 ? '' : JSON.stringify({ id: answerId, say: hear })
  const head = reply === '' ? null : jsonHead
  const outcome = reply === '' ? ({ outcome: 'provider-cut', status: null } as const) : {}
  const end = endOf(request, reply, outcome)
  return whole(id, request, reply, { begin: beginOf(begin), head, end })
}

export function conversing(store: Store = memoryStore(), sender = 'one') {
  const keeper: Keeper = keeperOf(store, { sender })
  const reader = createReader(store)
  let batch = 0
  let count = 0
  const keep = (...all: readonly Spoken[]): string[] => {
    const named = all.map((one) => ({ ...one, id: one.id ?? idAt(1_700_000_000_000 + count++) }))
    const kept = keeper.keep(batchOf(++batch, ...named.map(spoken)))
    if (kept.kind !== 'kept' || kept.bad > 0) throw new Error(JSON.stringify(kept))
    return named.map(({ id }) => id)
  }
  return {
    store,
    keep,
    rest: keeper.rest,
    /** One exchange; gives its id. */
    say: (say: readonly string[], hear: string | null, more: Partial<Spoken> = {}): string =>
      keep({ say, hear: hear === null ? [] : [hear], ...more })[0] ?? '',
    head: (id: string): TraceHead => {
      const trace = reader.get(id)
      if (trace === null) throw new Error(`There is no trace ${id}`)
      return trace
    },
    sessionOf: (id: string): string | null => reader.get(id)?.session ?? null,
    parentOf: (id: string): string | null => reader.get(id)?.parent ?? null,
  }
}
