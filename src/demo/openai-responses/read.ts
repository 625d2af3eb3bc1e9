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

/** A Responses request: its input is a text, or a list of items of many types. */
export function read(body: JsonObject): Reading {
  const model = stringAt(body, 'model')
  if (model === null) return refused("Missing required parameter: 'model'.", 'model')
  const messages = [...instructions(body), ...toMessages(valueAt(body, 'input'))]
  if (valueAt(body, 'input') === undefined) return refused("Missing required parameter: 'input'.", 'input')
  return {
    kind: 'prompt',
    prompt: {
      model,
      stream: valueAt(body, 'stream') === true,
      messages,
      tools: listAt(body, 'tools').flatMap(toTools),
      choice: toChoice(valueAt(body, 'tool_choice')),
      maxTokens: numberAt(body, 'max_output_tokens'),
      // This dialect has no stop sequences and one answer.
      stop: [],
      choices: 1,
      seed: numberAt(body, 'seed'),
      thinking: objectAt(body, 'reasoning') !== null,
      schema: toSchema(objectAt(objectAt(body, 'text'), 'format')),
    },
  }
}

/** Whether the summary of the reasoning, or its encrypted form, was asked for. */
export function reasoningAsked(body: JsonObject): { readonly summary: boolean; readonly encrypted: boolean } {
  const summary = stringAt(objectAt(body, 'reasoning'), 'summary')
  return {
    summary: summary !== null && summary !== 'none',
    encrypted: stringsAt(body, 'include').includes('reasoning.encrypted_content'),
  }
}

function instructions(body: JsonObject): readonly Message[] {
  const text = stringAt(body, 'instructions')
  return text === null ? [] : [{ role: 'system', parts: [text] }]
}

function toMessages(input: Json | undefined): readonly Message[] {
  if (typeof input === 'string') return [{ role: 'user', parts: [input] }]
  return listAt({ input: input ?? null }, 'input')
    .filter(isObject)
    .flatMap(toMessage)
}

function toMessage(item: JsonObject): readonly Message[] {
  const type = stringAt(item, 'type') ?? 'message'
  if (type === 'message')
    return [{ role: toRole(stringAt(item, 'role')), parts: toTexts(valueAt(item, 'content')) }]
  if (type.endsWith('_call_output')) return [{ role: 'tool', parts: toTexts(valueAt(item, 'output')) }]
  const call = stringAt(item, 'arguments') ?? stringAt(item, 'input')
  return call === null ? [] : [{ role: 'assistant', parts: [stringAt(item, 'name') ?? type, call] }]
}

function toRole(role: string | null): Role {
  if (role === 'system' || role === 'developer') return 'system'
  return role === 'assistant' ? 'assistant' : 'user'
}

function toTexts(content: Json | undefined): readonly string[] {
  if (typeof content === 'string') return [content]
  const parts = listAt({ content: content ?? null }, 'content')
  return parts
    .map((part) => stringAt(part, 'text') ?? stringAt(part, 'refusal'))
    .filter((text) => text !== null)
}

function toTools(entry: Json): readonly Tool[] {
  const type = stringAt(entry, 'type')
  const name = stringAt(entry, 'name')
  if (name === null || (type !== 'function' && type !== 'custom')) return []
  return [{ kind: type, name, schema: objectAt(entry, 'parameters') ?? {} }]
}

function toChoice(choice: Json | undefined): Choice {
  if (choice === 'none' || choice === 'required') return { kind: choice }
  const name = stringAt(choice, 'name')
  if (name !== null) return { kind: 'named', name }
  return stringAt(choice, 'mode') === 'required' ? { kind: 'required' } : { kind: 'auto' }
}

function toSchema(format: JsonObject | null): JsonObject | null {
  const type = stringAt(format, 'type')
  if (type === 'json_object')
    return { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] }
  return type === 'json_schema' ? (objectAt(format, 'schema') ?? {}) : null
}
