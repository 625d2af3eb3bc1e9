import { expect } from 'bun:test'
import type { Dialect, Reply } from '../../src/dialect/dialect.ts'
import { createRebuild } from '../../src/merge/rebuild.ts'
import { isQuick } from './quick.ts'

/** Ways to serve the same bytes in different reads, and the reply that comes of each. */

export function rebuild(
  dialect: Dialect,
  reads: Iterable<Uint8Array>,
  contentType = 'text/event-stream',
): Reply {
  const rebuilding = createRebuild({
    dialect,
    status: 200,
    contentType,
    contentEncoding: '',
    mostBytes: 1 << 28,
  })
  for (const read of reads) rebuilding.feed(read)
  const reply = rebuilding.finish()
  if (reply === null) throw new Error('no reply')
  return reply
}

/** The reply to a stream, which has to be the same whatever reads it comes in: whole, byte by byte, cut at each place. */
export function rebuildAtEveryCut(dialect: Dialect, text: string, contentType?: string): Reply {
  const bytes = bytesOf(text)
  const reply = rebuild(dialect, [bytes], contentType)
  expect(rebuild(dialect, inSteps(bytes, 1), contentType)).toEqual(reply)
  const wanted = JSON.stringify(reply)
  for (const reads of atEveryCut(bytes)) {
    const told = rebuild(dialect, reads, contentType)
    if (JSON.stringify(told) !== wanted) expect(told, `cut at ${reads[0]?.length}`).toEqual(reply)
  }
  return reply
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Reads of the same length. */
export function* inSteps(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

/** In two reads, cut at each place in turn; when it must be quick in more, but still cut at each place once. */
export function* atEveryCut(bytes: Uint8Array): Generator<readonly Uint8Array[]> {
  const apart = isQuick ? 100 : Infinity
  const ways = Math.min(apart, bytes.length - 1)
  for (let first = 1; first <= ways; first++) {
    yield [bytes.subarray(0, first), ...inSteps(bytes.subarray(first), apart)]
  }
}

/** Reads of 1 to 200 bytes, the same for the same seed. */
export function* inPieces(bytes: Uint8Array, seed: number): Generator<Uint8Array> {
  const next = createChance(seed)
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + next(200)
    yield bytes.subarray(at, end)
    at = end
  }
}

/** Whole numbers below `limit`, the same for the same seed. */
export function createChance(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}
