import { isObject } from './json.ts'

/** JSON in one form only: keys in order, no white space. What is nested too deep counts as one and the same. */
const mostDepth = 512

export function toCanonicalJson(value: unknown, depth = 0): string {
  if (Array.isArray(value)) {
    if (depth === mostDepth) return '[…]'
    return `[${value.map((element) => toCanonicalJson(element, depth + 1)).join(',')}]`
  }
  if (!isObject(value)) return JSON.stringify(value) ?? 'null'
  if (depth === mostDepth) return '{…}'
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${toCanonicalJson(value[key], depth + 1)}`)
  return `{${fields.join(',')}}`
}

/** The text of a value that came as one; null if it is nested so deep that it cannot be written. */
export function toJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
