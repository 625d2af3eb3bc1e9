import { expect, test } from 'bun:test'
import { dialectNames } from '../../src/dialect/dialect.ts'
import { fuzzMerge } from './merging.ts'

/** A few thousand events of each dialect, always the same; `bun run fuzz` goes on for as long as one likes. */
const events = 10_000

for (const name of dialectNames) {
  test(`${name}: no damage makes the merge throw, hang, or depend on the cuts`, () => {
    expect(fuzzMerge(name, events, 1).events).toBeGreaterThanOrEqual(events)
  })
}
