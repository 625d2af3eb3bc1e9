import { describe, expect, test } from 'bun:test'
import { dialectNames } from '../../src/dialect/dialect.ts'
import { bytesOf, cutsApart, inPieces } from '../support/cuts.ts'
import { evasions, expectNothing, secret, split } from '../support/evasion.ts'
import { expectUnchanged, never, waysOf } from '../support/held.ts'
import { answerIn, judged } from '../support/judged.ts'
import { hasRecordings, recordingsOf } from '../support/recorded.ts'

/** What test/unit/judge looks at in fewer ways: each cut alone, each end, many reads, recorded streams. */

describe.each(dialectNames)('%s', (dialect) => {
  test.each(split)('$name does not leave in two reads, wherever the cut is', async ({ said, order }) => {
    for (const reads of cutsApart(bytesOf(answerIn(dialect, said)), Infinity)) {
      expectNothing(await judged(dialect, reads, [order]), `cut at ${reads[0]?.length}`)
    }
  })

  test('a stream that stops anywhere lets go nothing that is forbidden', async () => {
    for (const { said, order } of evasions) {
      const bytes = bytesOf(answerIn(dialect, said))
      for (let at = 1; at < bytes.length; at += 3) {
        const left = await judged(dialect, [bytes.subarray(0, at)], [order], { how: 'cut' })
        expect(left.text.includes(secret)).toBe(false)
      }
    }
  })

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
