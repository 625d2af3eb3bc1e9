import { createPaint, printableLine, wantsColor } from '../paint.ts'
import { countText } from '../quantity.ts'
import { tableText, type Cell, type Column } from '../table.ts'
import type { World } from '../world.ts'
import { counted } from './check.ts'
import type { Judged, TallyRow } from './tally.ts'

/** What rules have found over many traces, to be read: a line for each rule, and what was looked at. */
const columns = [
  { title: 'LINE', align: 'right', rank: 0 },
  { title: 'TRACES', align: 'right', rank: 0 },
  { title: 'FINDINGS', align: 'right', rank: 0 },
  { title: 'FAILED', align: 'right', rank: 3 },
  { title: 'MESSAGE', align: 'left', rank: 1 },
  { title: 'EXAMPLES', align: 'left', rank: 2 },
] as const satisfies readonly Column[]

export function pageOf(
  rows: readonly TallyRow[],
  counts: Judged & { readonly isStopped: boolean },
  world: World,
): string {
  const paint = createPaint(wantsColor(world.isTerminal, world.environment))
  const failures = rows.flatMap(({ line, failure }) =>
    failure === null ? [] : [`${paint('red', `the rule in line ${line} failed:`)} ${printableLine(failure)}`],
  )
  const rest = [...failures, paint('dim', summaryOf(counts))]
  return tableText(columns, rows.map(cellsOf), world) + rest.map((line) => `${line}\n`).join('')
}

function cellsOf({ line, message, traces, findings, failures, examples }: TallyRow): Cell[] {
  return [
    { text: String(line) },
    { text: countText(traces), ...(traces > 0 && { color: 'yellow' }) },
    { text: countText(findings) },
    { text: countText(failures), ...(failures > 0 && { color: 'red' }) },
    { text: printableLine(message ?? '-').slice(0, 60) },
    { text: examples.join(' ') || '-', color: 'cyan' },
  ]
}

function summaryOf({
  judged,
  unread,
  findings,
  isStopped,
}: Judged & { readonly isStopped: boolean }): string {
  return [
    `${counted(judged, 'trace')} judged${isStopped ? ' until it was stopped' : ''}`,
    counted(findings, 'finding'),
    ...(unread > 0 ? [`${countText(unread)} without a conversation that rules can read`] : []),
  ].join(', ')
}
