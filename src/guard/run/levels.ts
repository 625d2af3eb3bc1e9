import { namesIn, type Declared } from '../syntax/children.ts'
import type { Condition } from '../syntax/tree.ts'

/**
 * The level at which each name has its value. Variables whose domains need no other come first, then those that need
 * these, and so on; within such a round by their order in the text.
 */
export function levelsOf(body: readonly Condition[], declared: readonly Declared[]): Map<string, number> {
  const levels = new Map<string, number>()
  const needs = new Map(declared.map(({ name }) => [name, new Set<string>()]))
  for (const { name, domain } of declared) {
    if (domain !== null)
      for (const other of namesIn(domain)) if (needs.has(other)) needs.get(name)?.add(other)
  }
  for (const condition of body) {
    if (condition.kind !== 'assign') continue
    for (const other of namesIn(condition)) if (needs.has(other)) needs.get(condition.name)?.add(other)
  }
  let level = 0
  for (let waiting = [...declared]; waiting.length > 0;) {
    const settle = (): void => {
      for (let before = -1; before !== levels.size;) {
        before = levels.size
        for (const { name, kind } of waiting) {
          const own = [...(needs.get(name) ?? [])]
          if (kind !== 'assigned' || levels.has(name) || !own.every((other) => levels.has(other))) continue
          levels.set(name, Math.max(0, ...own.map((other) => levels.get(other) ?? 0)))
        }
      }
    }
    settle()
    const isKnown = (other: string): boolean => levels.has(other)
    const ready = waiting.filter(
      ({ name, kind }) => kind === 'typed' && [...(needs.get(name) ?? [])].every(isKnown),
    )
    for (const { name } of ready) levels.set(name, ++level)
    const rest = waiting.filter(({ name }) => !levels.has(name))
    // What needs itself, in a circle, is never bound: a level that does not exist.
    if (rest.length === waiting.length) for (const { name } of rest) levels.set(name, declared.length + 1)
    waiting = rest.filter(({ name }) => !levels.has(name))
  }
  return levels
}
