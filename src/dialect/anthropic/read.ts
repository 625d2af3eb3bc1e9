import type { Conversation, Message, Tool } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { foreignBody, isTextOrNone, otherMessage, readTexts, rest } from '../../conversation/part.ts'
import { readToolList } from '../../conversation/tool.ts'
import { readBlocks } from './content.ts'

/** The body of a request for a message, or for a count of its tokens, to a conversation. */
export function readRequest(body: unknown): Conversation {
  if (!isObject(body)) return foreignBody(body)
  const { model, system, messages, prompt } = body
  const read = new Set<string>()
  const told: Message[] = []
  if (typeof system === 'string' || Array.isArray(system)) {
    read.add('system')
    const content = readBlocks(system, '/system', {})
    told.push({ role: 'system', roleText: 'system', ...content, at: '/system', extra: {} })
  }
  if (Array.isArray(messages)) {
    read.add('messages')
    for (const [index, message] of messages.entries()) told.push(readMessage(message, `/messages/${index}`))
  } else if (typeof prompt === 'string') {
    // The completions of old.
    read.add('prompt')
    told.push(...readTexts(prompt, '/prompt'))
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

const roles = new Map<string, Message['role']>([
  ['assistant', 'assistant'],
  ['system', 'system'],
])
const messageFields = new Set(['role', 'content'])

function readMessage(message: unknown, at: string): Message {
  if (!isObject(message) || !isTextOrNone(message['role'])) return otherMessage('user', message, at)
  const roleText = message['role'] ?? ''
  return {
    role: roles.get(roleText) ?? 'user',
    roleText,
    ...readBlocks(message['content'], `${at}/content`, {}),
    at,
    extra: rest(message, messageFields),
  }
}

const toolFields = new Set(['name', 'description', 'input_schema'])

/** Tools of Anthropic's own have a type and no schema. */
function readTool(tool: JsonObject, at: string): Tool | undefined {
  const { name, description, input_schema, type } = tool
  if (!isTextOrNone(name) || !isTextOrNone(description)) return undefined
  return {
    name: name ?? (typeof type === 'string' ? type : ''),
    description: description ?? null,
    parameters: input_schema ?? null,
    at,
    extra: rest(tool, toolFields),
  }
}
