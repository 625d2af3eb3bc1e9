import { objectAt, readObject } from '../../conversation/json.ts'
import { createGrowth, type Growth, type Grows } from '../../wire/sse-run.ts'

/** A delta of text, of thinking, or of what is given to a tool. */
export const grows: Grows = ({ event = deltaEvent, data }) => {
  if (event !== deltaEvent) return null
  const told = readObject(data)
  const delta = objectAt(told, 'delta')
  if (told === undefined || delta === undefined || told['type'] !== deltaEvent) return null
  const { type, ...piece } = delta
  const { delta: _delta, type: _type, index, ...more } = told
  const growth = growths.get(String(type))
  const [name, ...others] = Object.keys(piece)
  const isPlain = others.length === 0 && Object.keys(more).length === 0 && typeof index === 'number'
  if (!isPlain || growth === undefined || growth.field !== name) return null
  return typeof piece[name] === 'string' ? growth : null
}

const deltaEvent = 'content_block_delta'

const growths: ReadonlyMap<string, Growth> = new Map([
  ['text_delta', createGrowth('text', [])],
  ['thinking_delta', createGrowth('thinking', [])],
  ['input_json_delta', createGrowth('partial_json', [])],
])
