import { isObject, objectAt, readObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { createGrowth, type Grows } from '../../wire/sse-run.ts'
import { errorOf, isPlainText } from './schema.ts'

/** A chunk of one candidate with one part of plain text; of everything else in it the last stands. */
export const grows: Grows = ({ data }) => {
  const chunk = readObject(data)
  const candidate = onlyOf(chunk?.['candidates'])
  if (chunk === undefined || candidate === null || errorOf(chunk) !== null) return null
  const part = onlyOf(objectAt(candidate, 'content')?.['parts'])
  const addsUp = candidate['logprobsResult'] !== undefined || candidate['citationMetadata'] !== undefined
  return part !== null && isPlainText(part) && !addsUp ? growth : null
}

const growth = createGrowth('text', [
  'candidatesTokenCount',
  'totalTokenCount',
  'thoughtsTokenCount',
  'tokenCount',
])

function onlyOf(list: unknown): JsonObject | null {
  const only: unknown = Array.isArray(list) && list.length === 1 ? list[0] : null
  return isObject(only) ? only : null
}
