import type { Outcome } from '../../merge/report.ts'
import type { TraceHead } from '../../trace/trace.ts'
import { createPaint, printableLine, wantsColor, type Color } from '../paint.ts'
import { countText, durationText, momentText, sizeText } from '../quantity.ts'
import { layOut, widthsOf, type Cell, type Column } from '../table.ts'
import type { World } from '../world.ts'

/** A trace as a line: aligned and coloured on a terminal, else its fields between tabs, always the same ones. */
const columns = [
  { title: 'ID', align: 'left', rank: 0 },
  { title: 'STARTED (UTC)', align: 'left', rank: 4 },
  { title: 'OUTCOME', align: 'left', rank: 0 },
  { title: 'STATUS', align: 'right', rank: 5 },
  { title: 'FIRST', align: 'right', rank: 7 },
  { title: 'TOOK', align: 'right', rank: 3 },
  { title: 'IN', align: 'right', rank: 6 },
  { title: 'OUT', align: 'right', rank: 6 },
  { title: 'COST', align: 'right', rank: 6 },
  { title: 'SIZE', align: 'right', rank: 8 },
  { title: 'PROVIDER', align: 'left', rank: 2 },
  { title: 'MODEL', align: 'left', rank: 1 },
  { title: 'PUSH', align: 'left', rank: 9 },
] as const satisfies readonly Column[]

/** What each column holds at most in a feed, where nobody knows the lines to come. */
const feedWidths = [20, 19, 12, 6, 7, 9, 9, 7, 9, 8, 12, 40, 7]

export type Rows = { readonly head: string; readonly row: (trace: TraceHead) => string }

/** `traces`: the lines to come, for columns as narrow as they allow; null for a feed. */
export function createRows(traces: readonly TraceHead[] | null, world: World): Rows {
  if (!world.isTerminal) {
    const plain = (trace: TraceHead): string =>
      cellsOf(trace)
        .map(({ text }) => text)
        .join('\t')
    return { head: '', row: (trace) => `${plain(trace)}\n` }
  }
  const widths = traces === null ? feedWidths : widthsOf(columns, traces.map(cellsOf))
  const layout = layOut(columns, widths, world.width, createPaint(wantsColor(true, world.environment)))
  return { head: `${layout.head}\n`, row: (trace) => `${layout.row(cellsOf(trace))}\n` }
}

function cellsOf(trace: TraceHead): Cell[] {
  const { timing, usage, cost, sizes } = trace
  return [
    { text: trace.id, color: 'cyan' },
    { text: momentText(trace.startedAt) },
    { text: trace.outcome, color: colorOf(trace.outcome) },
    { text: trace.status === null ? '-' : String(trace.status) },
    { text: durationText(timing.firstByteMs) },
    { text: durationText(timing.endedMs) },
    { text: countText(usage?.input ?? null) },
    { text: countText(usage?.output ?? null) },
    { text: costText(cost) },
    { text: sizeText(sizes.replyReceived.bytes) },
    { text: printableLine(trace.provider ?? '-') },
    { text: printableLine(trace.model ?? '-') },
    { text: trace.push ?? '-', ...(trace.push === 'refused' && { color: 'red' }) },
  ]
}

/** To a hundredth of a cent; a wave before what was estimated, a plus behind what is not all. */
function costText(cost: TraceHead['cost']): string {
  if (cost === null) return '-'
  const { total, complete, estimated } = cost
  return `${estimated ? '~' : ''}$${Number(total).toFixed(4)}${complete ? '' : '+'}`
}

export function colorOf(outcome: Outcome): Color {
  switch (outcome) {
    case 'answered':
      return 'green'
    case 'failed':
    case 'unreachable':
    case 'provider-cut':
    case 'timed-out':
      return 'red'
    case 'refused':
    case 'client-left':
    case 'interrupted':
    case 'unknown':
      return 'yellow'
  }
}
