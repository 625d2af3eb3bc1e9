import { expect, test } from 'bun:test'
import { fuzzGuard } from './judging.ts'

/** A few thousand, always the same; `bun run fuzz:rules` goes on for as long as one likes. */
test('no policy, on no trace, throws, hangs, or is judged in two ways', () => {
  const { compiled } = fuzzGuard(3_000, 1)
  expect(compiled).toBeGreaterThan(500)
}, 120_000)
