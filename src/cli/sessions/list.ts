import type { SessionHead } from '../../trace/session/list.ts'
import { misuse, type Command } from '../command.ts'
import { printableLine } from '../paint.ts'
import { countText, durationText, momentText } from '../quantity.ts'
import type { SessionQuery, TraceSource } from '../source.ts'
import { type Cell, type Column, tableText } from '../table.ts'
import { filterFlags, readFilters } from '../traces/filters.ts'
import { sourceFlags, tellMissing, withTraces } from '../traces/open.ts'

/** The sessions that fit the filters, the one with the newest exchange first. */
const { project, since, until } = filterFlags

export const list: Command = {
  kind: 'command',
  summary: 'List sessions, the one with the newest exchange first',
  flags: {
    project,
    since,
    until,
    text: { value: 'TEXT', help: 'Only with this text in the title, or in what the client calls it' },
    limit: { value: 'NUMBER', help: 'At most so many; 20 if not told' },
    json: { help: 'One JSON object a line' },
    ...sourceFlags,
  },
  takes: [],
  examples: [
    'weir sessions list --since 2h',
    'weir sessions list --text "flaky test" --json | jq .usage.output',
  ],
  run: async (given, world) => {
    const filters = readFilters(given, world.now())
    if (filters.kind === 'wrong') return misuse(world, filters.message)
    const limit = given.values['limit'] ?? '20'
    if (!/^[1-9]\d{0,8}$/.test(limit)) return misuse(world, '--limit must be a number of at least 1')
    const { sessions, missing } = await withTraces(given, world, async (source) => {
      return { sessions: await newest(source, filters.query, Number(limit)), missing: source.missing() }
    })
    if (missing !== null) tellMissing(missing, world)
    else if (sessions.length === 0 && world.isErrorTerminal) world.stderr('No such sessions\n')
    if (given.switches.has('json')) {
      for (const session of sessions) world.stdout(`${JSON.stringify(session)}\n`)
      return 0
    }
    if (sessions.length > 0) world.stdout(tableText(columns, sessions.map(cellsOf), world))
    return 0
  },
}

const pageSize = 100

async function newest(source: TraceSource, query: SessionQuery, limit: number): Promise<SessionHead[]> {
  const sessions: SessionHead[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<TraceSource['sessions']>> = await source.sessions(query, {
      limit: Math.min(limit - sessions.length, pageSize),
      cursor,
    })
    sessions.push(...page.sessions)
    cursor = page.cursor
  } while (cursor !== null && sessions.length < limit)
  return sessions
}

const columns = [
  { title: 'SESSION', align: 'left', rank: 0 },
  { title: 'LAST', align: 'left', rank: 4 },
  { title: 'FOR', align: 'right', rank: 5 },
  { title: 'TRACES', align: 'right', rank: 2 },
  { title: 'MESSAGES', align: 'right', rank: 3 },
  { title: 'IN', align: 'right', rank: 6 },
  { title: 'OUT', align: 'right', rank: 6 },
  { title: 'MODELS', align: 'left', rank: 7 },
  { title: 'TITLE', align: 'left', rank: 1 },
] as const satisfies readonly Column[]

function cellsOf(session: SessionHead): Cell[] {
  const { id, startedAt, endedAt, traces, messages, usage, models, title, key } = session
  return [
    { text: id, color: 'cyan' },
    { text: momentText(endedAt) },
    { text: durationText(endedAt - startedAt) },
    { text: countText(traces) },
    { text: countText(messages) },
    { text: countText(usage?.input ?? null) },
    { text: countText(usage?.output ?? null) },
    { text: printableLine(models.join(', ') || '-') },
    { text: printableLine(title ?? key ?? '-') },
  ]
}
