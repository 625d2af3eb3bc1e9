import type { PushSums } from '../../trace/push/entry.ts'
import type { Command } from '../command.ts'
import { countText, durationText, sizeText } from '../quantity.ts'
import { tableText, type Cell, type Column } from '../table.ts'
import { sourceFlags, withTraces } from '../traces/open.ts'

/** What waits for its remote, and what became of the rest. */
export const status: Command = {
  kind: 'command',
  summary: 'What waits for its remote, and what became of the rest, by project',
  flags: { json: { help: 'One JSON object a line' }, ...sourceFlags },
  takes: [],
  examples: ['weir push status', 'weir push status --json | jq .entries'],
  run: async (given, world) => {
    const sums = await withTraces(given, world, (source) => source.pushes())
    if (given.switches.has('json')) {
      for (const each of sums) world.stdout(`${JSON.stringify(each)}\n`)
      return 0
    }
    const now = world.now()
    const rows = sums.map((each) => cellsOf(each, now))
    if (rows.length > 0) world.stdout(tableText(columns, rows, world))
    else if (world.isErrorTerminal) world.stderr('No trace was to be pushed yet\n')
    return 0
  },
}

const columns = [
  { title: 'PROJECT', align: 'left', rank: 0 },
  { title: 'WAITING', align: 'right', rank: 0 },
  { title: 'SIZE', align: 'right', rank: 4 },
  { title: 'OLDEST', align: 'right', rank: 3 },
  { title: 'SENT', align: 'right', rank: 1 },
  { title: 'REFUSED', align: 'right', rank: 2 },
  { title: 'DROPPED', align: 'right', rank: 2 },
] as const satisfies readonly Column[]

function cellsOf(sums: PushSums, now: number): Cell[] {
  const { project, entries, bytes, oldestAt, sent, refused, dropped } = sums
  return [
    { text: project },
    { text: countText(entries) },
    { text: sizeText(bytes) },
    { text: durationText(oldestAt === null ? null : Math.max(0, now - oldestAt)) },
    { text: countText(sent) },
    { text: countText(refused), ...(refused > 0 && { color: 'red' }) },
    { text: countText(dropped), ...(dropped > 0 && { color: 'red' }) },
  ]
}
