/**
 * JSON from outside: `unknown` until asked. A text nested deeper than any answer is not read at all, because what
 * is read must also be written: JSON.stringify overflows the stack at 50,000 levels where JSON.parse does not.
 */
export type JsonObject = Record<string, unknown>

const mostDepth = 512

/** The value of a JSON text; undefined if it is none, or too deep. */
export function readJson(text: string): unknown {
  // Only a text of this length can be so deep: the others need no look.
  if (text.length > 2 * mostDepth && isDeeper(text, mostDepth)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function readObject(text: string): JsonObject | undefined {
  const value = readJson(text)
  return isObject(value) ? value : undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The field if it is an object, otherwise undefined: to read through several levels with `?.`. */
export function objectAt(from: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = from?.[key]
  return isObject(value) ? value : undefined
}

export function textAt(from: JsonObject | undefined, key: string): string | null {
  const value = from?.[key]
  return typeof value === 'string' && value !== '' ? value : null
}

/** A count as a provider tells it: not told, or nonsense, is null. */
export function countAt(from: JsonObject | undefined, key: string): number | null {
  const value = from?.[key]
  return typeof value === 'number' && value >= 0 && value < Infinity ? value : null
}

/** The objects of a list; whatever else stands there, or instead of it, is left out. */
export function objectsAt(from: JsonObject, key: string): JsonObject[] {
  const value = from[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Sets a field of its own whatever it is called: assigning to `__proto__` would change the object instead. */
export function put(target: JsonObject, key: string, value: unknown): void {
  if (key !== '__proto__') {
    target[key] = value
    return
  }
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

/** The object's own field: what every object inherits (`constructor`, `__proto__`) was not told by anyone. */
export function ownAt(from: JsonObject, key: string): unknown {
  return Object.hasOwn(from, key) ? from[key] : undefined
}

function isDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = stringEnd(text, at)
        break
      case '{':
      case '[':
        depth++
        if (depth > most) return true
        break
      case '}':
      case ']':
        depth--
        break
    }
  }
  return false
}

/** Where the string that starts at `start` has its closing quote, or the end of the text. */
export function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (at !== -1) {
    let before = at
    while (before > start + 1 && text[before - 1] === '\\') before--
    if ((at - before) % 2 === 0) return at
    at = text.indexOf('"', at + 1)
  }
  return text.length
}
