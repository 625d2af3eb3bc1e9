import { absorbField } from '../../conversation/accumulate.ts'
import { isObject, objectsAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'

/**
 * The content of a message: a string that grows, or (Mistral's thinking) a list of parts that grow. One stream may
 * use both; what was told as a string before the first list then is its first text part.
 */
export function addContent(message: JsonObject, piece: unknown): void {
  const before = message['content']
  if (Array.isArray(piece)) {
    const parts = Array.isArray(before) ? before : textParts(before)
    message['content'] = parts
    for (const part of piece) addPart(parts, part)
    return
  }
  if (typeof piece === 'string' && Array.isArray(before)) {
    if (piece !== '') addPart(before, { type: 'text', text: piece })
    return
  }
  absorbField(message, 'content', piece)
}

function textParts(text: unknown): unknown[] {
  return typeof text === 'string' && text !== '' ? [{ type: 'text', text }] : []
}

/** Text continues text and thinking continues thinking; every other part is one of its own. */
function addPart(parts: unknown[], part: unknown): void {
  const last = parts.at(-1)
  if (!isObject(part) || !isObject(last) || part['type'] !== last['type'] || !isGrowing(part)) {
    parts.push(isObject(part) && part['type'] === 'thinking' ? joined(part) : part)
    return
  }
  for (const key in part) {
    const piece = part[key]
    const list = last[key]
    if (Array.isArray(piece) && Array.isArray(list)) for (const inner of piece) addPart(list, inner)
    else absorbField(last, key, piece)
  }
}

function isGrowing(part: JsonObject): boolean {
  return part['type'] === 'text' || part['type'] === 'thinking'
}

/** A thinking part may come with several pieces of text at once. */
function joined(part: JsonObject): JsonObject {
  const pieces = objectsAt(part, 'thinking')
  if (pieces.length < 2) return part
  const list: unknown[] = []
  for (const piece of pieces) addPart(list, piece)
  return { ...part, thinking: list }
}
