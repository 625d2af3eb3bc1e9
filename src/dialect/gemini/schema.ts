import { isObject, objectAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'

/** The few fields of a chunk that are read for their meaning; all others are carried along as they are. */

export function errorOf(chunk: JsonObject): unknown {
  return chunk['error'] ?? null
}

/** Vertex answers a stream that never began with a list of one error. */
export function errorOfBody(body: unknown): unknown {
  const told: unknown = Array.isArray(body) ? body[0] : body
  return isObject(told) ? errorOf(told) : null
}

export function indexOf(candidate: JsonObject): number {
  const index = candidate['index']
  return typeof index === 'number' ? index : 0
}

/** Text that may grow: of an answer or of thoughts, and nothing else told with it. */
export function isPlainText(part: JsonObject): boolean {
  if (typeof part['text'] !== 'string') return false
  for (const key in part) if (key !== 'text' && key !== 'thought') return false
  return true
}

/** A function call told in pieces, or a piece of one. */
export function isPiece(call: JsonObject): boolean {
  return call['willContinue'] === true || Array.isArray(call['partialArgs'])
}

/** Counts go together: with server tools a later one may be smaller, and one that was told earlier be gone. */
export function hasCounts(chunk: JsonObject): boolean {
  return typeof objectAt(chunk, 'usageMetadata')?.['promptTokenCount'] === 'number'
}

const valueFields = ['stringValue', 'numberValue', 'boolValue', 'structValue', 'listValue'] as const

/** The value of a partial argument; undefined if it has none that is known. */
export function valueOf(argument: JsonObject): unknown {
  for (const field of valueFields) if (argument[field] !== undefined) return argument[field]
  return argument['nullValue'] === undefined ? undefined : null
}
