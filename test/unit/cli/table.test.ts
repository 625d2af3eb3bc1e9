import { expect, test } from 'bun:test'
import { createPaint } from '../../../src/cli/paint.ts'
import { layOut, widthsOf, type Column } from '../../../src/cli/table.ts'

const columns: Column[] = [
  { title: 'ID', align: 'left', rank: 0 },
  { title: 'SIZE', align: 'right', rank: 2 },
  { title: 'AGE', align: 'right', rank: 1 },
  { title: 'NAME', align: 'left', rank: 0 },
]
const rows = [
  [{ text: 'a' }, { text: '12' }, { text: '3' }, { text: 'first' }],
  [{ text: 'bbbb' }, { text: '1' }, { text: '30000' }, { text: '日本' }],
]

function lines(width: number): string[] {
  const { head, row } = layOut(columns, widthsOf(columns, rows), width, createPaint(false))
  return [head, ...rows.map(row)]
}

test('columns are as wide as their widest text, and aligned', () => {
  expect(lines(80)).toEqual([
    'ID    SIZE    AGE  NAME',
    'a       12      3  first',
    'bbbb     1  30000  日本',
  ])
})

test('columns give way to a narrow terminal by their rank, and the last ones stay', () => {
  expect(lines(24)[0]).toBe('ID    SIZE    AGE  NAME')
  expect(lines(23)[0]).toBe('ID      AGE  NAME')
  expect(lines(18)[0]).toBe('ID      AGE  NAME')
  expect(lines(17)[0]).toBe('ID    NAME')
  expect(lines(1)[0]).toBe('ID    NAME')
})

test('what is wider than its column is cut, by the width that is seen', () => {
  const { row } = layOut(columns, [2, 2, 2, 3], 80, createPaint(false))
  expect(row([{ text: 'abc' }, { text: '12' }, { text: '1234' }, { text: '日本語' }])).toBe('a…  12  1…  日…')
})

test('a cell is coloured and its padding counts as without colours', () => {
  const { row } = layOut(columns, [3, 4, 3, 4], 80, createPaint(true))
  const line = row([{ text: 'a', color: 'red' }, { text: '1' }, { text: '2' }, { text: 'n' }])
  expect(line).toContain('\x1b[31m')
  expect(Bun.stripANSI(line)).toBe('a       1    2  n')
})
