import type { Media, Part, ToolResult } from '../../conversation/conversation.ts'
import { isObject, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import {
  callFreeform,
  callWithText,
  callWithValue,
  idOf,
  isTextOrNone,
  otherPart,
  readContent,
  rest,
} from '../../conversation/part.ts'
import { readPart } from '../openai-content.ts'

/**
 * Items that are calls or what came of them. OpenAI has a type for each tool of its own (`web_search_call`,
 * `shell_call`), told alike: something to do, and for what it ran itself also what came of it. Those are read by
 * their form, so that the next such tool is known before it exists; their type stays in `extra`.
 */

/** What OpenAI runs itself; all other calls are for the client. */
const servers = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_call',
  'x_search_call',
  'program',
])

/** Where a call says what to do, and where it says what came of it. */
const argumentFields = ['arguments', 'input', 'action', 'operation', 'code', 'queries'] as const
const resultFields = ['output', 'outputs', 'results', 'result', 'error'] as const
/** Fields that hold text of any form, where they hold text. */
const freeform: ReadonlySet<string> = new Set(['input', 'code'])

export function readCall(item: JsonObject, type: string, at: string): readonly Part[] | undefined {
  const { name, call_id, id, execution } = item
  if (!isTextOrNone(name)) return undefined
  const isServers = servers.has(type) || execution === 'server'
  const field = argumentFields.find((key) => item[key] !== undefined) ?? 'arguments'
  const read = new Set<string>(['name', field])
  const callId = idOf(call_id) ?? idOf(id)
  read.add(idOf(call_id) === null ? 'id' : 'call_id')
  if (type === 'function_call') read.add('type')
  const result = isServers ? readResult(item, callId, at, read) : undefined
  const told = item[field]
  const fields = {
    id: callId,
    name: name ?? type.replace(/_call$/, ''),
    at,
    argumentsAt: `${at}/${field}`,
    isServers,
    extra: rest(item, read),
  }
  const call =
    typeof told !== 'string'
      ? callWithValue(fields, told)
      : freeform.has(field)
        ? callFreeform(fields, told)
        : callWithText(fields, told)
  return result === undefined ? [call] : [call, result]
}

/** What came of a call that the provider ran, in the same item. */
function readResult(
  item: JsonObject,
  callId: string | null,
  at: string,
  read: Set<string>,
): Part | undefined {
  const field = resultFields.find((key) => (item[key] ?? null) !== null)
  if (field === undefined) return undefined
  read.add(field)
  const place = `${at}/${field}`
  const told = item[field]
  const isImage = item['type'] === 'image_generation_call' && typeof told === 'string'
  const format = textAt(item, 'output_format')
  const mediaType = format === null ? null : `image/${format}`
  const content = isImage
    ? { parts: [imagePart({ kind: 'data', mediaType, base64: told }, place)], isPlain: false }
    : readContent(told, place, readElement)
  const isError = field === 'error'
  return { ...emptyResult, ...content, isServers: true, callId, isError, at: place, extra: {} }
}

const emptyResult: ToolResult = {
  kind: 'result',
  callId: null,
  name: null,
  isError: false,
  isServers: false,
  parts: [],
  isPlain: false,
}

function imagePart(media: Media, at: string): Part {
  return { kind: 'image', media, at, extra: {} }
}

/** An item that answers a call: `function_call_output`, `shell_call_output`, … */
export function readOutput(item: JsonObject, type: string, at: string): Part | undefined {
  const { call_id, id, execution, status } = item
  const field = item['output'] === undefined && item['result'] !== undefined ? 'result' : 'output'
  const read = new Set<string>([field, idOf(call_id) === null ? 'id' : 'call_id'])
  if (type === 'function_call_output') read.add('type')
  return {
    ...emptyResult,
    ...readContent(item[field], `${at}/${field}`, readElement),
    callId: idOf(call_id) ?? idOf(id),
    isError: type === 'apply_patch_call_output' && status === 'failed',
    isServers: type === 'program_output' || execution === 'server',
    at,
    extra: rest(item, read),
  }
}

/** Only what has the type of content is content: results of searches have texts too, of another kind. */
function readElement(element: unknown, at: string): readonly Part[] {
  return isObject(element) && element['type'] !== undefined ? readPart(element, at) : [otherPart(element, at)]
}
