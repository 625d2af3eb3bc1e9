import type { PrunePolicy, Pruned } from '../source.ts'
import type { Ask, Question } from './ask.ts'
import { type List, allPages, wholeMs } from './list.ts'
import { Removed, Status } from './shape.ts'

/**
 * Pruning over the API, which removes by time. In stretches of at most a page: one request for all of a large store
 * would be silent for minutes, and be cut.
 */
export type Removal = {
  readonly count: (policy: PrunePolicy) => Promise<Pruned>
  readonly remove: (policy: PrunePolicy) => Promise<Pruned>
}

type Tools = { readonly ask: Ask; readonly list: List }

export function createRemoval(ask: Ask, list: List): Removal {
  const tools = { ask, list }
  return {
    count: async (policy) => {
      refuseBytes(policy)
      const { before, keepCount } = policy
      const byAge = before === undefined ? 0 : await countBefore(before, list)
      const byCount = keepCount === undefined ? 0 : Math.max(0, (await total(ask)) - keepCount)
      return { traces: Math.max(byAge, byCount), bytes: null }
    },
    remove: async (policy) => {
      refuseBytes(policy)
      const { before, keepCount } = policy
      const byAge = before === undefined ? 0 : await removeBefore(before, tools)
      const byCount = keepCount === undefined ? 0 : await removeAllBut(keepCount, tools)
      return { traces: byAge + byCount, bytes: null }
    },
  }
}

function refuseBytes({ keepBytes }: PrunePolicy): void {
  if (keepBytes === undefined) return
  throw new Error('--keep-bytes cannot be had over --url: prune where the traces are kept')
}

async function total(ask: Ask): Promise<number> {
  const status = await ask.json('status', Status)
  if (status === null) throw ask.stranger()
  return status.totals.count
}

async function countBefore(until: number, list: List): Promise<number> {
  let count = 0
  for await (const page of allPages(list, { until }, null)) count += page.length
  return count
}

/** Those of the same millisecond as the last that stays go one by one, so that exactly so many stay. */
async function removeAllBut(keep: number, tools: Tools): Promise<number> {
  const { ask, list } = tools
  if (keep === 0) return removeBefore(Infinity, tools)
  const last = await nth(keep, list)
  if (last === null) return 0
  const until = wholeMs(last.startedAt)
  let removed = 0
  for await (const page of allPages(list, { since: until, until: until + 1 }, last.id)) {
    for (const { id } of page) removed += await removeAt(`traces/${id}`, {}, ask)
  }
  return removed + (await removeBefore(until, tools))
}

async function removeBefore(end: number, { ask, list }: Tools): Promise<number> {
  let until = end
  let removed = 0
  for await (const page of allPages(list, end === Infinity ? {} : { until }, null)) {
    const [newest, oldest] = [page[0], page.at(-1)]
    if (newest === undefined || oldest === undefined) continue
    const since = wholeMs(oldest.startedAt)
    const stretch = { since, until: Math.min(wholeMs(until), wholeMs(newest.startedAt) + 1) }
    removed += await removeAt('traces', stretch, ask)
    until = since
  }
  return removed
}

async function removeAt(path: string, parameters: Question['parameters'], ask: Ask): Promise<number> {
  const answer = await ask.json(path, Removed, { method: 'DELETE', ...(parameters && { parameters }) })
  return answer?.removed ?? 0
}

/** The trace that has so many less one before it, the newest first; null if there are fewer. */
async function nth(number: number, list: List) {
  let rest = number
  for await (const page of allPages(list, {}, null)) {
    if (page.length >= rest) return page[rest - 1] ?? null
    rest -= page.length
  }
  return null
}
