import type { TraceHead } from '../../trace/trace.ts'
import { misuse, type Command } from '../command.ts'
import type { TraceQuery, TraceSource } from '../source.ts'
import { filterFlags, readFilters } from './filters.ts'
import { sourceFlags, tellMissing, withTraces } from './open.ts'
import { createRows } from './rows.ts'

/** The newest traces that fit the filters. */
export const list: Command = {
  kind: 'command',
  summary: 'List traces, newest first',
  flags: {
    ...filterFlags,
    limit: { value: 'NUMBER', help: 'At most so many; 20 if not told' },
    json: { help: 'One JSON object a line' },
    ...sourceFlags,
  },
  takes: [],
  examples: [
    'weir traces list --since 2h --outcome failed',
    'weir traces list --since 7d --verdict block',
    'weir traces list --model gpt-5 --limit 100 --json | jq .usage.output',
    'weir traces list --url http://127.0.0.1:9347',
  ],
  run: async (given, world) => {
    const filters = readFilters(given, world.now())
    if (filters.kind === 'wrong') return misuse(world, filters.message)
    const limit = given.values['limit'] ?? '20'
    if (!/^[1-9]\d{0,8}$/.test(limit)) return misuse(world, '--limit must be a number of at least 1')
    const { traces, missing } = await withTraces(given, world, async (source) => {
      return { traces: await newest(source, filters.query, Number(limit)), missing: source.missing() }
    })
    if (missing !== null) tellMissing(missing, world)
    else if (traces.length === 0 && world.isErrorTerminal) world.stderr('No such traces\n')
    if (given.switches.has('json')) {
      for (const trace of traces) world.stdout(`${JSON.stringify(trace)}\n`)
      return 0
    }
    if (traces.length === 0) return 0
    const { head, row } = createRows(traces, world)
    world.stdout(head + traces.map(row).join(''))
    return 0
  },
}

const pageSize = 100

async function newest(source: TraceSource, query: TraceQuery, limit: number): Promise<TraceHead[]> {
  const traces: TraceHead[] = []
  for await (const trace of pages(source, query, Math.min(limit, pageSize))) {
    traces.push(trace)
    if (traces.length === limit) break
  }
  return traces
}

/** All traces that fit, read page by page as they are asked for. */
export async function* pages(
  source: TraceSource,
  query: TraceQuery,
  limit: number = pageSize,
): AsyncGenerator<TraceHead> {
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<TraceSource['list']>> = await source.list(query, { limit, cursor })
    yield* page.traces
    cursor = page.cursor
  } while (cursor !== null)
}
