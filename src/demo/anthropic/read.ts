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
import type { Choice, Message, Tool } from '../prompt.ts'

/** A Messages request. */
export function read(body: JsonObject): Reading {
  const reading = readCountable(body)
  if (reading.kind === 'prompt' && reading.prompt.maxTokens === null)
    return refused('Field required', 'max_tokens')
  return reading
}

/** To count tokens no limit is needed. */
export function readCountable(body: JsonObject): Reading {
  const model = stringAt(body, 'model')
  if (model === null) return refused('Field required', 'model')
  const messages = listAt(body, 'messages').filter(isObject)
  if (messages.length === 0) return refused('at least one message is required', 'messages')
  const thinking = stringAt(objectAt(body, 'thinking'), 'type')
  return {
    kind: 'prompt',
    prompt: {
      model,
      stream: valueAt(body, 'stream') === true,
      messages: [
        { role: 'system', parts: toTexts(valueAt(body, 'system')) },
        ...messages.flatMap(toMessages),
      ],
      tools: listAt(body, 'tools').flatMap(toTools),
      choice: toChoice(objectAt(body, 'tool_choice')),
      maxTokens: numberAt(body, 'max_tokens'),
      stop: stringsAt(body, 'stop_sequences'),
      choices: 1,
      seed: numberAt(body, 'seed'),
      thinking: thinking === 'enabled' || thinking === 'adaptive',
      schema: toSchema(body),
    },
  }
}

/** Tool results come inside a user's message: they are messages of their own here, before what the user says. */
function toMessages(message: JsonObject): readonly Message[] {
  const role = stringAt(message, 'role') === 'assistant' ? 'assistant' : 'user'
  const blocks = listAt(message, 'content')
  const results = blocks.filter((block) => stringAt(block, 'type') === 'tool_result')
  const told = results.map((block): Message => ({ role: 'tool', parts: toTexts(valueAt(block, 'content')) }))
  const parts = toTexts(valueAt(message, 'content'))
  return parts.length === 0 && told.length > 0 ? told : [...told, { role, parts }]
}

function toTexts(content: Json | undefined): readonly string[] {
  if (typeof content === 'string') return [content]
  return listAt({ content: content ?? null }, 'content').flatMap((block) => {
    if (stringAt(block, 'type') === 'tool_use') return [JSON.stringify(valueAt(block, 'input') ?? null)]
    const text = stringAt(block, 'text') ?? stringAt(block, 'thinking')
    return text === null ? [] : [text]
  })
}

/** Tools that Anthropic runs or defines itself have no schema. */
function toTools(entry: Json): readonly Tool[] {
  const name = stringAt(entry, 'name')
  const schema = objectAt(entry, 'input_schema')
  return name === null || schema === null ? [] : [{ kind: 'function', name, schema }]
}

function toChoice(choice: JsonObject | null): Choice {
  const type = stringAt(choice, 'type')
  const name = stringAt(choice, 'name')
  if (type === 'tool' && name !== null) return { kind: 'named', name }
  if (type === 'any') return { kind: 'required' }
  return type === 'none' ? { kind: 'none' } : { kind: 'auto' }
}

function toSchema(body: JsonObject): JsonObject | null {
  const config = objectAt(body, 'output_config')
  const format = objectAt(config, 'format') ?? objectAt(body, 'output_format')
  return objectAt(format, 'schema')
}
