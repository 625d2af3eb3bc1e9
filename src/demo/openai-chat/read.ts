import {
  isObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
  type Json,
  type JsonObject,
} from '../json.ts'
import { refused, type Reading } from '../turn.ts'
import type { Choice, Message, Role, Tool } from '../prompt.ts'

/** A chat completion request. */
const maxChoices = 8

export function read(body: JsonObject): Reading {
  const model = stringAt(body, 'model')
  if (model === null) return refused('you must provide a model parameter', 'model')
  const messages = listAt(body, 'messages').filter(isObject)
  if (messages.length === 0) return refused("Missing required parameter: 'messages'.", 'messages')
  const stop = stringAt(body, 'stop')
  const format = objectAt(body, 'response_format')
  return {
    kind: 'prompt',
    prompt: {
      model,
      stream: valueAt(body, 'stream') === true,
      messages: messages.map(toMessage),
      tools: listAt(body, 'tools').flatMap(toTools),
      choice: toChoice(valueAt(body, 'tool_choice')),
      maxTokens: numberAt(body, 'max_completion_tokens') ?? numberAt(body, 'max_tokens'),
      stop: stop === null ? stringsAt(body, 'stop') : [stop],
      choices: Math.min(Math.max(Math.floor(numberAt(body, 'n') ?? 1), 1), maxChoices),
      seed: numberAt(body, 'seed'),
      // Chat completions keep their reasoning to themselves.
      thinking: false,
      schema: toSchema(format),
    },
  }
}

function toMessage(message: JsonObject): Message {
  const content = stringAt(message, 'content')
  const parts = content === null ? listAt(message, 'content').flatMap(toTexts) : [content]
  return { role: toRole(stringAt(message, 'role')), parts }
}

function toRole(role: string | null): Role {
  if (role === 'system' || role === 'developer') return 'system'
  if (role === 'tool' || role === 'function') return 'tool'
  return role === 'assistant' ? 'assistant' : 'user'
}

function toTexts(part: Json): readonly string[] {
  const text = stringAt(part, 'text') ?? stringAt(part, 'refusal')
  return text === null ? [] : [text]
}

function toTools(entry: Json): readonly Tool[] {
  const kind = stringAt(entry, 'type') === 'custom' ? 'custom' : 'function'
  const tool = objectAt(entry, kind)
  const name = stringAt(tool, 'name')
  if (name === null) return []
  return [{ kind, name, schema: objectAt(tool, 'parameters') ?? {} }]
}

function toChoice(choice: Json | undefined): Choice {
  if (choice === 'none' || choice === 'required') return { kind: choice }
  const named = objectAt(choice, 'function') ?? objectAt(choice, 'custom')
  const name = stringAt(named, 'name')
  if (name !== null) return { kind: 'named', name }
  const allowed = objectAt(choice, 'allowed_tools')
  return stringAt(allowed, 'mode') === 'required' ? { kind: 'required' } : { kind: 'auto' }
}

function toSchema(format: JsonObject | null): JsonObject | null {
  const type = stringAt(format, 'type')
  if (type === 'json_object')
    return { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] }
  if (type !== 'json_schema') return null
  return objectAt(objectAt(format, 'json_schema'), 'schema') ?? {}
}
