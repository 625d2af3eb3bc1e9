import { readJson } from '../conversation/json.ts'
import type { DialectName, Merge } from '../dialect/dialect.ts'
import { guessDialect } from '../dialect/guess.ts'
import { dialects } from '../dialect/index.ts'
import { createPlainMerge } from '../dialect/plain.ts'
import type { SseEvent } from '../wire/sse.ts'

/** A merge for events of an unknown dialect: the first ones that say what they are decide, and nothing is lost by waiting. */

/** Before the first that tells: pings, what a filter found in the prompt. Behind so many it is none of ours. */
const mostWaiting = 20

/** `found` is told what it is as soon as that is known: null for an answer of no dialect. */
export function createGuessingMerge(found: (name: DialectName | null) => void = () => undefined): Merge {
  const waiting: SseEvent[] = []
  let merge: Merge | undefined

  function settle(name: DialectName | null): Merge {
    found(name)
    merge = name === null ? createPlainMerge() : dialects[name].merge()
    for (const event of waiting) merge.add(event)
    waiting.length = 0
    return merge
  }
  return {
    add: (event) => {
      if (merge !== undefined) return merge.add(event)
      waiting.push(event)
      const name = guessDialect(readJson(event.data))
      if (name !== null || waiting.length === mostWaiting) settle(name)
    },
    finish: (stop) => (merge ?? settle(null)).finish(stop),
  }
}
