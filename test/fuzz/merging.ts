import type { Dialect, DialectName } from '../../src/dialect/dialect.ts'
import { dialects } from '../../src/dialect/index.ts'
import { createRebuild } from '../../src/merge/rebuild.ts'
import { createRandom, type Random } from '../support/random.ts'
import { streams } from '../support/streams/index.ts'
import { type Mutated, mutate } from './mutation.ts'

/** Damaged streams through the merge: no throw, no hang, and a reply that is the same whatever reads it came in. */

export type Fuzzed = { readonly events: number; readonly streams: number; readonly slowestMs: number }

// Every one of these streams takes less than a millisecond.
const hangMs = 2_000

/** As many events as told, by seed after seed; throws with the seed of the first stream that fails. */
export function fuzzMerge(name: DialectName, most: number, firstSeed: number): Fuzzed {
  let events = 0
  let count = 0
  let slowestMs = 0
  for (let seed = firstSeed; events < most; seed++) {
    const startedAt = performance.now()
    try {
      events += fuzzOne(name, seed)
    } catch (error) {
      throw new Error(`${name}: seed ${seed} fails`, { cause: error })
    }
    const tookMs = performance.now() - startedAt
    if (tookMs > hangMs) throw new Error(`${name}: seed ${seed} took ${Math.round(tookMs)} ms`)
    slowestMs = Math.max(slowestMs, tookMs)
    count++
  }
  return { events, streams: count, slowestMs }
}

function fuzzOne(name: DialectName, seed: number): number {
  const random = createRandom(seed)
  const mutated = mutate(random.pick(streams[name]).text, random)
  // One in eight as if nobody knew what it is.
  const dialect = random.below(8) === 0 ? null : dialects[name]
  const whole = replyOf(dialect, [mutated.bytes])
  if (dialect !== null && replyOf({ ...dialect, grows: () => null }, [mutated.bytes]) !== whole)
    throw new Error(`depends on the runs:\n${whole}`)
  for (const pieces of [inTwo(mutated, random), inMany(mutated, random)]) {
    const told = replyOf(dialect, pieces)
    if (told !== whole) throw new Error(`depends on the cuts:\n${whole}\n${told}`)
  }
  if (Object.hasOwn(Object.prototype, 'index')) throw new Error('every object has been changed')
  return mutated.events
}

function replyOf(dialect: Dialect | null, pieces: readonly Uint8Array[]): string {
  const rebuild = createRebuild({
    dialect,
    status: 200,
    contentType: 'text/event-stream',
    contentEncoding: '',
    mostBytes: 1 << 24,
  })
  for (const piece of pieces) rebuild.feed(piece)
  const reply = rebuild.finish()
  if (reply !== null && !['complete', 'error', 'cut'].includes(reply.ending))
    throw new Error('no such ending')
  return JSON.stringify(reply)
}

function inTwo({ bytes }: Mutated, random: Random): Uint8Array[] {
  const at = random.below(bytes.length + 1)
  return [bytes.subarray(0, at), bytes.subarray(at)]
}

function inMany({ bytes }: Mutated, random: Random): Uint8Array[] {
  const pieces: Uint8Array[] = []
  const longest = random.pick([3, 40, 400])
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random.below(longest)
    pieces.push(bytes.subarray(at, end))
    at = end
  }
  return pieces
}
