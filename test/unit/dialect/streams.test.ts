import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { bytesOf, inSteps, rebuild } from '../../support/cuts.ts'
import { expectTold } from '../../support/streams/compare.ts'
import { streams } from '../../support/streams/index.ts'

/** Streams written by hand for each feature and each fault. Rows named O, A, G are losses known of other gateways. */

for (const name of dialectNames) {
  const dialect = dialects[name]
  for (const told of streams[name]) {
    const bytes = bytesOf(told.text)

    test(`${name}: ${told.name}`, () => expectTold(dialect, told))

    test(`${name}: ${told.name}, at every cut`, () => {
      const reply = rebuild(dialect, [bytes])
      expect(rebuild(dialect, inSteps(bytes, 1))).toEqual(reply)
      const wanted = JSON.stringify(reply)
      for (let cut = 1; cut < bytes.length; cut++) {
        const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)]
        if (JSON.stringify(rebuild(dialect, pieces)) !== wanted) expect(`cut at ${cut}`).toBe('the same')
      }
    })
  }
}
