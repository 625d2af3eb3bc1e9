import type { Conversation, Message, Tool } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { foreignBody, isTextOrNone, readTexts, rest, withRest } from '../../conversation/part.ts'
import { readToolList } from '../../conversation/tool.ts'
import { readMessage } from './message.ts'

/** The body of a request for a chat, for a completion of old (`prompt`) or for embeddings (`input`). */
export function readRequest(body: unknown): Conversation {
  if (!isObject(body)) return foreignBody(body)
  const { model, messages } = body
  const read = new Set<string>()
  const told: Message[] = []
  if (Array.isArray(messages)) {
    read.add('messages')
    for (const [index, message] of messages.entries()) told.push(readMessage(message, `/messages/${index}`))
  } else {
    const field = ['prompt', 'input'].find((name) => (body[name] ?? null) !== null)
    if (field !== undefined) {
      read.add(field)
      for (const message of readTexts(body[field], `/${field}`)) told.push(message)
    }
  }
  const tools = readToolList(body['tools'], '/tools', readTool)
  if (tools !== undefined) read.add('tools')
  const functions = readToolList(body['functions'], '/functions', readFunction)
  if (functions !== undefined) read.add('functions')
  if (typeof model === 'string') read.add('model')
  return {
    model: typeof model === 'string' ? model : null,
    messages: told,
    tools: [...(tools ?? []), ...(functions ?? [])],
    settings: rest(body, read),
  }
}

const functionTool = new Set(['type', 'function'])
const customTool = new Set(['custom'])
const customFields = new Set(['name', 'description'])
const none: ReadonlySet<string> = new Set()

function readTool(tool: JsonObject, at: string): Tool | undefined {
  const { type, function: told, custom } = tool
  if (isObject(told)) {
    const read = readFunction(told, at)
    return read && { ...read, extra: withRest(rest(tool, functionTool), 'function', read.extra) }
  }
  if (!isTextOrNone(type)) return undefined
  if (!isObject(custom)) {
    return { name: type ?? '', description: null, parameters: null, at, extra: rest(tool, none) }
  }
  const { name, description } = custom
  if (!isTextOrNone(name) || !isTextOrNone(description)) return undefined
  const extra = withRest(rest(tool, customTool), 'custom', rest(custom, customFields))
  return { name: name ?? '', description: description ?? null, parameters: null, at, extra }
}

const functionFields = new Set(['name', 'description', 'parameters'])

function readFunction(told: JsonObject, at: string): Tool | undefined {
  const { name, description, parameters } = told
  if (!isTextOrNone(name) || !isTextOrNone(description)) return undefined
  return {
    name: name ?? '',
    description: description ?? null,
    parameters: parameters ?? null,
    at,
    extra: rest(told, functionFields),
  }
}
