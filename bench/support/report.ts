import { createPaint, type Color } from '../../src/cli/paint.ts'
import { layOut, widthsOf, type Cell, type Column } from '../../src/cli/table.ts'
import type { Finding } from './finding.ts'

/** The table of a run, as text. */
const columns: readonly Column[] = [
  { title: '', align: 'left', rank: 0 },
  { title: 'TARGET', align: 'left', rank: 0 },
  { title: '', align: 'left', rank: 0 },
  { title: 'BARE', align: 'right', rank: 0 },
  { title: 'NGINX', align: 'right', rank: 0 },
  { title: 'WEIR', align: 'right', rank: 0 },
  { title: 'COMPARED', align: 'right', rank: 0 },
  { title: 'VERDICT', align: 'left', rank: 0 },
  { title: 'NOTE', align: 'left', rank: 0 },
]

const colors: Record<Finding['verdict'], Color> = { pass: 'green', fail: 'red', unknown: 'yellow' }

export function toTable(findings: readonly Finding[], isColored: boolean): string {
  const rows = findings.map(toCells)
  // Never cut: a figure that is not shown was measured in vain.
  const layout = layOut(columns, widthsOf(columns, rows), Infinity, createPaint(isColored))
  return [layout.head, ...rows.map(layout.row)].map((line) => line.trimEnd()).join('\n') + '\n'
}

function toCells({ what, target, unit, bare, nginx, weir, compared, verdict, note }: Finding): Cell[] {
  const color = colors[verdict]
  const texts = [what, target, unit, figure(bare), figure(nginx), figure(weir), compared]
  return [...texts.map((text) => ({ text })), { text: verdict, color }, { text: note }]
}

function figure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '-'
  if (value >= 100) return value.toFixed(0)
  return value.toFixed(value >= 10 ? 1 : 2)
}
