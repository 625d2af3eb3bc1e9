import type { TraceHead } from '../../trace/trace.ts'
import type { TraceQuery, TraceSource } from '../source.ts'
import type { Ask } from './ask.ts'
import { type Feed, openFeed } from './feed.ts'
import { type List, allPages } from './list.ts'

/** What has been stored since, from a running Weir's live feed, which tells all: what does not fit is left out here. */
export type FollowingOptions = {
  readonly ask: Ask
  readonly list: List
  readonly warn: (message: string) => void
}

export type Following = Pick<TraceSource, 'after' | 'close'>

export function createFollowing({ ask, list, warn }: FollowingOptions): Following {
  let feed: Feed | null = null
  return {
    after: async (query, cursor) => {
      // Ended, as when that Weir was started anew: the cursor says where to go on.
      if (feed === null || feed.isOver()) feed = await openFeed(ask, cursor)
      const { traces, cursor: next, missed } = feed.take()
      if (missed) warn('Some traces are missing here, because they came faster than they were read')
      const fitting = traces.filter((trace) => fits(trace, query))
      return { traces: await withText(fitting, query, list), cursor: next }
    },
    close: async () => feed?.close(),
  }
}

function fits(trace: TraceHead, { since = 0, until = Infinity, ...query }: TraceQuery): boolean {
  const names = ['project', 'provider', 'model', 'outcome', 'verdict', 'status'] as const
  return (
    trace.startedAt >= since &&
    trace.startedAt < until &&
    names.every((name) => query[name] === undefined || query[name] === trace[name])
  )
}

/** Texts are not in the feed: the Weir is asked which of these have it. */
async function withText(traces: TraceHead[], query: TraceQuery, list: List): Promise<TraceHead[]> {
  if (query.text === undefined || traces.length === 0) return traces
  const starts = traces.map(({ startedAt }) => startedAt)
  const since = starts.reduce((least, start) => Math.min(least, start))
  const until = starts.reduce((most, start) => Math.max(most, start)) + 1
  const found = new Set<string>()
  for await (const page of allPages(list, { text: query.text, since, until }, null)) {
    for (const { id } of page) found.add(id)
  }
  return traces.filter(({ id }) => found.has(id))
}
