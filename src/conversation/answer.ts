import type { Answer, Finish } from './conversation.ts'
import { textAt } from './json.ts'
import type { JsonObject } from './json.ts'
import { isNone, rest } from './part.ts'

/** A body that is no answer of any dialect, kept as it is. */
export function bodyOnly(body: unknown): Answer {
  return { model: null, id: null, choices: [], usage: null, extra: isNone(body) ? {} : { body } }
}

/** What a dialect's word for the end means; none is null, and one that nobody knows is `other`. */
export function wordOf(
  told: string | null | undefined,
  words: Readonly<Record<string, Finish>>,
): Finish | null {
  if (isNone(told) || told === '') return null
  return Object.hasOwn(words, told) ? (words[told] ?? 'other') : 'other'
}

/** What is left of an answer's body: `names` are read where they are texts, `read` was read in any case. */
export function restOfAnswer(
  body: JsonObject,
  names: readonly string[],
  read: readonly string[],
): JsonObject {
  return rest(body, {
    has: (key) => read.includes(key) || (names.includes(key) && textAt(body, key) !== null),
  })
}
