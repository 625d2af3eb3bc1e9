import type { JsonObject } from '../../../conversation/json.ts'
import { isObject } from '../../../conversation/json.ts'
import { fail } from './failure.ts'

/** What a rule gave as arguments: left out is undefined, nonsense ends the rule. */
export function numberOf(options: JsonObject, name: string): number | undefined {
  const value = options[name]
  if (value === undefined || value === null) return undefined
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : fail('text', `${name} must be a number`)
}

export function textOf(options: JsonObject, name: string): string | undefined {
  const value = options[name]
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : fail('text', `${name} must be a string`)
}

export function numbersOf(options: JsonObject, name: string): ReadonlyMap<string, number> {
  const value = options[name]
  if (value === undefined || value === null) return new Map()
  if (!isObject(value)) return fail('text', `${name} must be a dictionary of numbers`)
  const entries = Object.entries(value)
  return new Map(
    entries.map(([key, each]) =>
      typeof each === 'number' ? [key, each] : fail('text', `${name} must be a dictionary of numbers`),
    ),
  )
}
