/**
 * Reading of request bodies, as forgiving as providers are: a field of the wrong type counts as absent. What
 * must be there is asked for by each dialect's `read.ts`, which refuses in that dialect's words.
 */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(holder: Json | undefined, key: string): JsonObject | null {
  const value = valueAt(holder, key)
  return isObject(value) ? value : null
}

export function stringAt(holder: Json | undefined, key: string): string | null {
  const value = valueAt(holder, key)
  return typeof value === 'string' ? value : null
}

export function numberAt(holder: Json | undefined, key: string): number | null {
  const value = valueAt(holder, key)
  return typeof value === 'number' ? value : null
}

/** An absent list is an empty one. */
export function listAt(holder: Json | undefined, key: string): readonly Json[] {
  const value = valueAt(holder, key)
  return isList(value) ? value : []
}

export function stringsAt(holder: Json | undefined, key: string): readonly string[] {
  return listAt(holder, key).filter((entry) => typeof entry === 'string')
}

export function valueAt(holder: Json | undefined, key: string): Json | undefined {
  return isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined
}

/** `Array.isArray` alone would widen a readonly list to any. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
