import { describe, expect, test } from 'bun:test'
import { dialectNames } from '../../src/dialect/dialect.ts'
import { inPieces } from '../support/cuts.ts'
import { expectUnchanged, never, waysOf } from '../support/held.ts'
import { judged } from '../support/judged.ts'
import { hasRecordings, recordingsOf } from '../support/recorded.ts'

/** What test/unit/judge looks at in fewer ways: many reads, and recorded streams. */

describe.each(dialectNames)('%s', (dialect) => {
  test('what is allowed leaves as it came, in a dozen ways to cut it', async () => {
    for (const way of waysOf(dialect, 12)) await expectUnchanged(dialect, way)
  })

  test.if(hasRecordings)(
    'streams as they were recorded pass unchanged',
    async () => {
      for (const { name, bytes } of recordingsOf(dialect)) {
        const left = await judged(dialect, inPieces(bytes, 3), [{ ...never, action: 'mask' }])
        expect([name, left.stop, Buffer.compare(left.bytes, bytes)]).toEqual([name, null, 0])
      }
    },
    60_000,
  )
})
