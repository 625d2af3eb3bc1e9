import { expect, test } from 'bun:test'
import { createIds, idAt, isId } from '../../../src/core/id.ts'

test('ids sort by time, and within a moment by their order', () => {
  let now = 1_700_000_000_000
  const createId = createIds(() => now)
  const ids: string[] = []
  for (let moment = 0; moment < 50; moment++) {
    now += moment
    for (let each = 0; each < 50; each++) ids.push(createId())
  }
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every(isId)).toBe(true)
})

test('the id of a moment stands before all ids of that moment and behind those before it', () => {
  const createId = createIds(() => 1_700_000_000_000.9)
  const id = createId()
  expect(idAt(1_700_000_000_000) <= id && id < idAt(1_700_000_000_001)).toBe(true)
})

test('what looks like an id by accident is none', () => {
  for (const text of [
    '',
    'x'.repeat(20),
    'i'.repeat(20),
    '0'.repeat(19),
    '0'.repeat(21),
    '../'.repeat(7),
    'A'.repeat(20),
  ]) {
    expect([text, isId(text)]).toEqual([text, text === 'x'.repeat(20)])
  }
})
