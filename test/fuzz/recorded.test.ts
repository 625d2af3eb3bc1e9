import { expect, test } from 'bun:test'
import { dialectNames } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { inPieces, inSteps, rebuild } from '../support/cuts.ts'
import { hasRecordings, recordingsOf } from '../support/recorded.ts'

/** Streams recorded from providers, in more reads than test/unit/dialect looks at. */

for (const name of dialectNames) {
  const dialect = dialects[name]

  test.if(hasRecordings)(
    `${name}: what was recorded is the same in whatever reads it comes`,
    () => {
      for (const { name: stream, bytes } of recordingsOf(name)) {
        const reply = rebuild(dialect, [bytes])
        for (const seed of [2, 3]) expect(rebuild(dialect, inPieces(bytes, seed)), stream).toEqual(reply)
        if (bytes.length < 20_000) expect(rebuild(dialect, inSteps(bytes, 1)), stream).toEqual(reply)
      }
    },
    60_000,
  )
}
