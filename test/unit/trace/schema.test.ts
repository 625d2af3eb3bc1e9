import { Value } from '@sinclair/typebox/value'
import { expect, test } from 'bun:test'
import { Traces } from '../../../src/trace/schema.ts'

test('without any setting the defaults hold, and they are valid', () => {
  const settings = Value.Default(Traces, {})
  expect(Value.Check(Traces, settings)).toBe(true)
  expect(settings).toEqual({
    durable: false,
    keepDays: 30,
    keepBytes: 10 * 1024 ** 3,
    keepCount: 0,
    mostRequestBytes: 32 * 1024 ** 2,
    mostReplyBytes: 64 * 1024 ** 2,
    mostBinaryBytes: 1024 ** 2,
    mostInboxBytes: 256 * 1024 ** 2,
    saveEveryMs: 1000,
  })
})

test('a setting that is not known, or out of its bounds, is refused', () => {
  const settings = Value.Default(Traces, {})
  for (const wrong of [
    { keep: 1 },
    { keepDays: -1 },
    { durable: 'yes' },
    { saveEveryMs: 10 },
    { mostInboxBytes: 0 },
  ]) {
    expect(Value.Check(Traces, { ...Object(settings), ...wrong })).toBe(false)
  }
})

test('every setting says what it is for', () => {
  for (const property of Object.values(Traces.properties))
    expect(property.description?.length).toBeGreaterThan(20)
})
