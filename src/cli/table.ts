import { createPaint, wantsColor, type Color, type Paint } from './paint.ts'
import type { World } from './world.ts'

/** Rows as aligned columns that fit a terminal's width; the least important columns give way first. */
export type Column = {
  readonly title: string
  readonly align: 'left' | 'right'
  /** The higher, the sooner it gives way; 0 stays. */
  readonly rank: number
}
export type Cell = { readonly text: string; readonly color?: Color }

const gap = '  '

export type Layout = { readonly head: string; readonly row: (cells: readonly Cell[]) => string }

/** A list to be read: aligned and coloured on a terminal, else its fields between tabs, without a head. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  world: Pick<World, 'isTerminal' | 'environment' | 'width'>,
): string {
  if (!world.isTerminal) return rows.map((cells) => `${cells.map(({ text }) => text).join('\t')}\n`).join('')
  const paint = createPaint(wantsColor(true, world.environment))
  const { head, row } = layOut(columns, widthsOf(columns, rows), world.width, paint)
  return [head, ...rows.map(row)].map((line) => `${line.trimEnd()}\n`).join('')
}

/** `widths` holds the widest text of each column. Rows longer than that are cut, so that lines stay lines. */
export function layOut(
  columns: readonly Column[],
  widths: readonly number[],
  width: number,
  paint: Paint,
): Layout {
  const kept = fitting(columns, widths, width)
  const line = (cells: readonly Cell[]): string =>
    kept
      .map((index, place) => {
        const cell = cells[index] ?? { text: '' }
        const align = columns[index]?.align ?? 'left'
        // Nothing follows the last one: no spaces to align it with, nothing to cut it for but the edge.
        const isLast = place === kept.length - 1 && align === 'left'
        const text = fit(cell.text, widths[index] ?? 0, isLast ? 'none' : align)
        return cell.color === undefined ? text : paint(cell.color, text)
      })
      .join(gap)
  return { head: line(columns.map(({ title }) => ({ text: title, color: 'dim' }))), row: line }
}

/** The widest text of each column, its title among them. */
export function widthsOf(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ title }, index) => {
    return rows.reduce(
      (most, cells) => Math.max(most, Bun.stringWidth(cells[index]?.text ?? '')),
      title.length,
    )
  })
}

function fitting(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  let kept = columns.map((_, index) => index)
  const total = (): number =>
    kept.reduce((sum, index) => sum + (widths[index] ?? 0) + gap.length, -gap.length)
  while (total() > width) {
    const least = kept.reduce(
      (worst, index) => (rankOf(index) >= rankOf(worst) ? index : worst),
      kept[0] ?? 0,
    )
    if (rankOf(least) === 0) break
    kept = kept.filter((index) => index !== least)
  }
  return kept

  function rankOf(index: number): number {
    return columns[index]?.rank ?? 0
  }
}

function fit(text: string, width: number, align: 'left' | 'right' | 'none'): string {
  const space = width - Bun.stringWidth(text)
  if (space < 0) return `${Bun.sliceAnsi(text, 0, Math.max(0, width - 1))}…`
  if (align === 'none') return text
  return align === 'left' ? text + ' '.repeat(space) : ' '.repeat(space) + text
}
