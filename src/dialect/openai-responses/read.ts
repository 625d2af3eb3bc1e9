import type { Conversation, Message, Tool } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { foreignBody, isTextOrNone, plainMessage, rest } from '../../conversation/part.ts'
import { readToolList } from '../../conversation/tool.ts'
import { joinTurns } from '../../conversation/turn.ts'
import { readItem } from './items.ts'

/** The body of a request for a response. What it goes on from (`previous_response_id`) is one of its settings. */
export function readRequest(body: unknown): Conversation {
  if (!isObject(body)) return foreignBody(body)
  const { model, instructions, input } = body
  const read = new Set<string>()
  const told: Message[] = []
  if (typeof instructions === 'string') {
    read.add('instructions')
    told.push(plainMessage('system', instructions, '/instructions'))
  }
  if (typeof input === 'string') {
    read.add('input')
    told.push(plainMessage('user', input, '/input'))
  } else if (Array.isArray(input)) {
    read.add('input')
    const items = input.map((item, index) => readItem(item, `/input/${index}`))
    // Not spread into one call: a million items would be as many arguments.
    for (const message of joinTurns(items)) told.push(message)
  }
  const tools = readToolList(body['tools'], '/tools', readTool)
  if (tools !== undefined) read.add('tools')
  if (typeof model === 'string') read.add('model')
  return {
    model: typeof model === 'string' ? model : null,
    messages: told,
    tools: tools ?? [],
    settings: rest(body, read),
  }
}

const functionFields = new Set(['type', 'name', 'description', 'parameters'])
const otherFields = new Set(['name', 'description'])

/** Functions are told flat; a tool of OpenAI's own is named by its type, which then stays where it is. */
function readTool(tool: JsonObject, at: string): Tool | undefined {
  const { type, name, description, parameters } = tool
  if (!isTextOrNone(name) || !isTextOrNone(description) || !isTextOrNone(type)) return undefined
  const isFunction = type === 'function'
  return {
    name: name ?? type ?? '',
    description: description ?? null,
    parameters: isFunction ? (parameters ?? null) : null,
    at,
    extra: rest(tool, isFunction ? functionFields : otherFields),
  }
}
