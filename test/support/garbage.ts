import { expect } from 'bun:test'
import { isObject } from '../../src/conversation/json.ts'
import type { Dialect } from '../../src/dialect/dialect.ts'
import { bytesOf, createChance, inPieces, rebuild } from './cuts.ts'
import { streams } from './streams/index.ts'

/** Streams that are no longer what they were, by chance that is always the same. */

export function expectGarbageRead(dialect: Dialect, rounds: number): void {
  const given = streams[dialect.name]
  const next = createChance(dialect.name.length)
  for (let round = 0; round < rounds; round++) {
    const { text } = given[next(given.length)] ?? { text: '' }
    const bytes = bytesOf(mutate(text, next))
    const reply = rebuild(dialect, [bytesOf('\n'), bytes, bytesOf('\n:\n')])
    expect(JSON.stringify(reply).length).toBeGreaterThan(0)
    expect(rebuild(dialect, [bytesOf('\n'), ...inPieces(bytes, round), bytesOf('\n:\n')])).toEqual(reply)
  }
}

export function expectOddValuesRead(dialect: Dialect, rounds: number): void {
  const given = streams[dialect.name]
  const next = createChance(7 + dialect.name.length)
  for (let round = 0; round < rounds; round++) {
    const merge = dialect.merge()
    const { text } = given[next(given.length)] ?? { text: '' }
    for (const [, line = ''] of text.matchAll(/data: ?(\{.*\})/g)) {
      const told: unknown = JSON.parse(line)
      merge.add({ data: JSON.stringify(swap(told, next)) })
    }
    expect(() => JSON.stringify(merge.finish())).not.toThrow()
    expect(() =>
      dialect.whole(swap({ usage: {}, error: 0, usageMetadata: {}, choices: [{}] }, next)),
    ).not.toThrow()
  }
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
}

/** The text with a few pieces of it removed, doubled, moved or replaced. */
function mutate(text: string, next: (limit: number) => number): string {
  let mutated = text
  for (let count = next(6); count >= 0; count--) {
    const at = next(mutated.length)
    const end = at + next(40)
    const cut = mutated.slice(at, end)
    const other = ['', cut + cut, '\n\n', '{', '"', 'null', '\u2028', '[DONE]', '\r'][next(9)] ?? ''
    mutated = mutated.slice(0, at) + other + mutated.slice(end)
  }
  return mutated
}

const odd: readonly unknown[] = [null, true, -1, 1e300, '', 'x', [], [null, [1]], {}, { index: 'x', type: 7 }]

/** The value with some of what is in it replaced by something of another kind. */
function swap(value: unknown, next: (limit: number) => number): unknown {
  if (next(12) === 0) return structuredClone(odd[next(odd.length)])
  if (Array.isArray(value)) return value.map((element) => swap(element, next))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, swap(inner, next)]))
}
