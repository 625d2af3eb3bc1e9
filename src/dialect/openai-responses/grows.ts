import { readObject, textAt } from '../../conversation/json.ts'
import { createGrowth, type Grows } from '../../wire/sse-run.ts'
import { errorOf, places } from './schema.ts'

/** A delta of a text that is known, without odds of its tokens: those add up too. */
export const grows: Grows = ({ event, data }) => {
  if (event !== undefined && !isGrowing(event)) return null
  const told = readObject(data)
  if (told === undefined || typeof told['delta'] !== 'string') return null
  const type = textAt(told, 'type') ?? event ?? ''
  if (!isGrowing(type) || errorOf(told, type) !== null) return null
  const { logprobs, ...fields } = told
  if (Array.isArray(logprobs) && logprobs.length > 0) return null
  const isFlat = Object.values(fields).every((value) => value === null || typeof value !== 'object')
  return isFlat ? growth : null
}

const growth = createGrowth('delta', ['sequence_number', 'obfuscation'])

function isGrowing(type: string): boolean {
  const [, subject = ''] = /^response\.(.+)\.delta$/.exec(type) ?? []
  return places.has(subject)
}
