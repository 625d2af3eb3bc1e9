import { expect, test } from 'bun:test'
import { dialectNames } from '../../../src/dialect/dialect.ts'
import { bytesOf, inPieces, inSteps } from '../../support/cuts.ts'
import { judged, orderOf } from '../../support/judged.ts'
import { stride } from '../../support/quick.ts'
import { streams } from '../../support/streams/index.ts'

/** Streams of many kinds (recorded ones: test/fuzz/held.test.ts) under a rule that never fires: not one byte is another, missing, or left behind. */
const never = orderOf('raise "never" if:\n    (msg: Message)\n    "no such word at all" in msg.content')
const masks = { ...never, action: 'mask' } as const
const tail = { ...never, mode: 'tail' } as const

test.each(dialectNames)('%s streams written by hand pass unchanged', async (dialect) => {
  for (const stream of streams[dialect]) {
    const bytes = bytesOf(stream.text)
    for (const orders of [[never], [masks, tail]]) {
      for (const reads of [inSteps(bytes, stride), inPieces(bytes, 7), [bytes]]) {
        const left = await judged(dialect, reads, orders, { ticks: orders.length === 1 })
        expect([stream.name, left.stop, left.text]).toEqual([
          stream.name,
          null,
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
        ])
      }
    }
  }
})
