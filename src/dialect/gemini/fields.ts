import type { JsonObject } from '../../conversation/json.ts'

/** A field under its name in camel case or, which the API takes as well, in snake case. */
export type Field = { readonly key: string; readonly value: unknown }

/** The field by either name; undefined if it is not there, or null. */
export function fieldOf(fields: JsonObject, camel: string, snake: string): Field | undefined {
  if ((fields[camel] ?? null) !== null) return { key: camel, value: fields[camel] }
  return (fields[snake] ?? null) !== null ? { key: snake, value: fields[snake] } : undefined
}
