import { expect, test } from 'bun:test'
import { noFilter } from '../../../src/explorer/place.ts'
import {
  matches,
  mostRows,
  neighbour,
  running,
  withHeld,
  withNew,
  without,
  withOlder,
} from '../../../src/explorer/rows.ts'
import { openTrace, storedTrace, toHead } from '../../support/heads.ts'

/** Heads by number: the higher, the newer. */
const head = (number: number, change = {}) => ({
  ...toHead(storedTrace(change).record),
  id: String(number).padStart(20, '0'),
})
const rowsOf = (numbers: readonly number[], next: string | null = null) => ({
  heads: numbers.map((number) => head(number)),
  next,
})
const numbers = ({ heads }: { readonly heads: readonly { readonly id: string }[] }) =>
  heads.map(({ id }) => Number(id))

test('new ones come in their order, each once', () => {
  const rows = withNew(rowsOf([5, 3]), [head(4), head(6), head(5), head(6)])
  expect(numbers(rows)).toEqual([6, 5, 4, 3])
})

test('what belongs below the loaded part waits for its page', () => {
  const next = head(3).id
  expect(numbers(withNew(rowsOf([5, 3], next), [head(2), head(4)]))).toEqual([5, 4, 3])
  expect(numbers(withNew(rowsOf([5, 3]), [head(2)]))).toEqual([5, 3, 2])
})

test('an empty list takes what comes', () => {
  expect(numbers(withNew(rowsOf([]), [head(1), head(2)]))).toEqual([2, 1])
})

test('the list is bounded while new ones keep coming, and its end can be loaded again', () => {
  const full = rowsOf(Array.from({ length: mostRows }, (_, at) => mostRows - at))
  const rows = withNew(full, [head(mostRows + 1)])
  expect(rows.heads.length).toBe(mostRows)
  expect(rows.next).toBe(head(2).id)
})

test('what was loaded by hand is not taken away', () => {
  const long = rowsOf(Array.from({ length: mostRows + 50 }, (_, at) => mostRows + 50 - at))
  expect(withNew(long, [head(9999)]).heads.length).toBe(mostRows + 50)
})

test('an older page follows, without what is there already', () => {
  const rows = withOlder(rowsOf([5, 4], head(4).id), rowsOf([4, 3], null))
  expect(numbers(rows)).toEqual([5, 4, 3])
  expect(rows.next).toBeNull()
})

test('a removed one is gone and the place stays', () => {
  const rows = without(rowsOf([3, 2, 1], 'x'), head(2).id)
  expect(numbers(rows)).toEqual([3, 1])
  expect(rows.next).toBe('x')
})

test('outcome and provider decide whether a new one belongs', () => {
  const one = head(1, { outcome: 'failed', provider: 'demo' })
  expect(matches(noFilter, one)).toBe(true)
  expect(matches({ ...noFilter, outcome: 'failed', provider: 'demo' }, one)).toBe(true)
  expect(matches({ ...noFilter, outcome: 'answered' }, one)).toBe(false)
  expect(matches({ ...noFilter, provider: 'other' }, one)).toBe(false)
})

test('the keyboard stops at both ends and begins at the first', () => {
  const { heads } = rowsOf([3, 2, 1])
  const from = (number: number | null, step: 1 | -1) =>
    neighbour(heads, number === null ? null : head(number).id, step)?.id
  expect(from(null, 1)).toBe(head(3).id)
  expect(from(3, 1)).toBe(head(2).id)
  expect(from(3, -1)).toBeUndefined()
  expect(from(1, 1)).toBeUndefined()
  expect(from(77, -1)).toBe(head(3).id)
})

test('what runs is shown for its provider until it is known to have ended, and never among what is searched', () => {
  const open = openTrace({ provider: 'demo' })
  expect(running([open], [], noFilter)).toEqual([open])
  expect(running([open], [{ ...head(1), id: open.id }], noFilter)).toEqual([])
  expect(running([open], [], { ...noFilter, provider: 'demo' })).toEqual([open])
  expect(running([open], [], { ...noFilter, provider: 'openai' })).toEqual([])
  expect(running([open], [], { ...noFilter, text: 'x' })).toEqual([])
  expect(running([open], [], { ...noFilter, outcome: 'answered' })).toEqual([])
})

test('what waits is counted once, however often it is told, and not at all if it is listed', () => {
  const held = withHeld([head(3)], [head(2), head(3), head(4)], rowsOf([2, 1]))
  expect(held.map(({ id }) => Number(id))).toEqual([3, 4])
})
