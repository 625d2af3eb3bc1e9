import { expect } from 'bun:test'
import type { DialectName } from '../../src/dialect/dialect.ts'
import type { Order } from '../../src/judge/answer.ts'
import { bytesOf, inPieces, inSteps } from './cuts.ts'
import { answerIn, judged, orderOf, type Said } from './judged.ts'
import { stride } from './quick.ts'

/** An answer that says something of every kind, and the ways in which it may come and be held. */

export const never = orderOf('raise "never" if:\n    (msg: Message)\n    "no such word" in msg.content')
export const said: readonly Said[] = [
  { kind: 'thinking', pieces: ['Let me see. ', 'Löwe 🦁 or', ' not?'] },
  { kind: 'text', pieces: ['It is ', 'so. ', 'I am', ' sure', '.\n', 'One more'] },
  { kind: 'call', name: 'run', pieces: ['{"command":', '"ls"}'] },
  { kind: 'call', name: 'run', pieces: ['{"command":"pwd"}'] },
]

export type HeldWay = {
  readonly bytes: Uint8Array
  readonly mode: Order['mode']
  /** 0: byte by byte, or in steps of the same length. */
  readonly seed: number
}

/** With every end of a line, in every mode, in so many different reads. */
export function waysOf(dialect: DialectName, seeds: number): readonly HeldWay[] {
  return ['\n', '\r\n', '\r'].flatMap((end) => {
    const bytes = bytesOf(`\uFEFF: hello${end}${end}${answerIn(dialect, said, { end })}: bye`)
    return (['hold', 'tail', 'watch'] as const).flatMap((mode) =>
      Array.from({ length: seeds }, (_, seed) => ({ bytes, mode, seed })),
    )
  })
}

export async function expectUnchanged(dialect: DialectName, { bytes, mode, seed }: HeldWay): Promise<void> {
  const reads = seed === 0 ? inSteps(bytes, stride) : inPieces(bytes, seed)
  const run = { ticks: seed % 2 === 0, granularity: seed % 3 === 0 ? 'message' : 'sentence' } as const
  const left = await judged(dialect, reads, [{ ...never, mode }], run)
  expect(left.bytes).toEqual(bytes)
  expect([left.stop, left.findings, left.after]).toEqual([null, [], []])
}
