import { readJson } from '../../conversation/json.ts'
import { isThing } from '../trace/sorts.ts'
import { imagesOf, textsOf } from '../value/content.ts'
import { toText } from '../value/json.ts'
import { trouble } from '../value/trouble.ts'
import { fromJson } from '../value/lazy.ts'
import { list, typeName } from '../value/value.ts'
import { define, variadic } from './define.ts'

/** What a rule asks of messages, calls and outputs. */
export const toolCall = define('tool_call', ['tool_output'], (_context, { need }) => {
  const output = need('tool_output')
  if (isThing(output) && output.type.name === 'ToolOutput') return output.call
  return trouble('type', `tool_call needs a ToolOutput, not a ${typeName(output)}`)
})

export const server = define('server', ['event'], (_context, { need }) => {
  const event = need('event')
  return isThing(event) ? event.server : trouble('type', `server needs an event, not a ${typeName(event)}`)
})

export const text = variadic('text', (_context, given) => list(given.flatMap((value) => textsOf(value))))

export const image = variadic('image', (_context, given) => list(given.flatMap((value) => imagesOf(value))))

export const jsonLoads = define('json_loads', ['text'], (_context, given) => {
  const json = given.text('text')
  const value = readJson(json)
  return value === undefined ? trouble('value', 'json_loads: this is not JSON') : fromJson(value, null)
})

export const print = variadic('print', (context, given) => {
  context.print(given.map(toText).join(' '))
  return true
})
