import { test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { rebuildAtEveryCut } from '../../support/cuts.ts'
import { expectTold } from '../../support/streams/compare.ts'
import { streams } from '../../support/streams/index.ts'

/** Streams written by hand for each feature and each fault. Rows named O, A, G are losses known of other gateways. */

for (const name of dialectNames) {
  const dialect = dialects[name]
  for (const told of streams[name]) {
    test(`${name}: ${told.name}`, () => expectTold(dialect, told))

    test(`${name}: ${told.name}, at every cut`, () => {
      rebuildAtEveryCut(dialect, told.text)
    })
  }
}
