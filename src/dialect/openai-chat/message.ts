import type { Message, Part } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import {
  callFreeform,
  callWithText,
  callWithValue,
  idOf,
  isIdOrNone,
  isListOrNone,
  isTextOrNone,
  otherMessage,
  otherPart,
  readContent,
  rest,
  withRest,
} from '../../conversation/part.ts'
import { readPart, readSpeech } from '../openai-content.ts'
import { readReasoning } from './reasoning.ts'

/** A message of a chat, of the history or of a choice, with what compatible providers add to it. */

const roles = new Map<string, Message['role']>([
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
])

/** `unnamed`: whose message it is if its role is not told. */
export function readMessage(message: unknown, at: string, unnamed: 'user' | 'assistant' = 'user'): Message {
  if (!isObject(message) || !isTextOrNone(message['role'])) return otherMessage(unnamed, message, at)
  const roleText = message['role'] ?? ''
  const role = roleText === '' ? unnamed : (roles.get(roleText) ?? 'user')
  if (role === 'tool') return readResult(message, roleText, at)
  const { parts: told, isPlain } = readContent(message['content'], `${at}/content`, readPart)
  if (role !== 'assistant')
    return { role, roleText, parts: told, isPlain, at, extra: rest(message, plainFields) }
  const read = new Set(plainFields)
  const parts = [
    ...readReasoning(message, at, read),
    ...told,
    ...readBeside(message, at, read),
    ...readCalls(message, at, read),
  ]
  return { role, roleText, parts, isPlain, at, extra: rest(message, read) }
}

const plainFields = new Set(['role', 'content'])

const resultFields = new Set(['role', 'content', 'tool_call_id', 'name'])

function readResult(message: JsonObject, roleText: string, at: string): Message {
  const { tool_call_id, name, content } = message
  if (!isTextOrNone(name) || !isIdOrNone(tool_call_id)) return otherMessage('tool', message, at)
  const { parts, isPlain } = readContent(content, `${at}/content`, readPart)
  const callId = idOf(tool_call_id)
  const result: Part = {
    kind: 'result',
    callId,
    name: name ?? null,
    isError: false,
    isServers: false,
    parts,
    isPlain,
    at,
    extra: {},
  }
  return { role: 'tool', roleText, parts: [result], isPlain, at, extra: rest(message, resultFields) }
}

/** What a model says beside its content: a refusal, speech, pictures. */
function readBeside(message: JsonObject, at: string, read: Set<string>): readonly Part[] {
  const { refusal, audio, images } = message
  const parts: Part[] = []
  if (isTextOrNone(refusal)) {
    read.add('refusal')
    if (typeof refusal === 'string') {
      parts.push({ kind: 'refusal', text: refusal, at: `${at}/refusal`, extra: {} })
    }
  }
  read.add('audio')
  if (audio !== undefined && audio !== null) parts.push(readSpeech(audio, `${at}/audio`))
  if (isListOrNone(images)) {
    read.add('images')
    images?.forEach((image, index) => parts.push(...readPart(image, `${at}/images/${index}`)))
  }
  return parts
}

function readCalls(message: JsonObject, at: string, read: Set<string>): readonly Part[] {
  const { tool_calls, function_call } = message
  const parts: Part[] = []
  if (isListOrNone(tool_calls)) {
    read.add('tool_calls')
    tool_calls?.forEach((call, index) => parts.push(readCall(call, `${at}/tool_calls/${index}`)))
  }
  read.add('function_call')
  if (function_call !== undefined && function_call !== null) {
    const place = `${at}/function_call`
    const called = isObject(function_call) ? readFunction(function_call, place, null) : undefined
    parts.push(called ?? otherPart(function_call, place))
  }
  return parts
}

const callFields = new Set(['id', 'type', 'function', 'custom'])

function readCall(call: unknown, at: string): Part {
  if (!isObject(call) || !isTextOrNone(call['type']) || !isIdOrNone(call['id'])) return otherPart(call, at)
  const { id, function: called, custom } = call
  if (isObject(called) && custom === undefined) {
    const part = readFunction(called, `${at}/function`, idOf(id))
    if (part === undefined) return otherPart(call, at)
    return { ...part, at, extra: withRest(rest(call, callFields), 'function', part.extra) }
  }
  if (!isObject(custom) || called !== undefined) return otherPart(call, at)
  const { name, input } = custom
  if (!isTextOrNone(name) || !isTextOrNone(input)) return otherPart(call, at)
  const extra = withRest(rest(call, callFields), 'custom', rest(custom, customFields))
  const argumentsAt = `${at}/custom/input`
  return callFreeform({ id: idOf(id), name: name ?? '', at, argumentsAt, extra }, input ?? '')
}

const customFields = new Set(['name', 'input'])
const functionFields = new Set(['name', 'arguments'])

/** The arguments are a text of JSON; some servers tell the value itself. */
function readFunction(called: JsonObject, at: string, id: string | null): Part | undefined {
  const { name, arguments: told } = called
  if (!isTextOrNone(name)) return undefined
  const argumentsAt = `${at}/arguments`
  const fields = { id, name: name ?? '', at, argumentsAt, extra: rest(called, functionFields) }
  return isTextOrNone(told) ? callWithText(fields, told ?? '') : callWithValue(fields, told)
}
