import type { Media, Message, Part } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { isTextOrNone, otherMessage, otherPart, rest, textPart, withRest } from '../../conversation/part.ts'
import type { ArgumentTexts } from '../dialect.ts'
import { type Told, readCall, readCode, readCodeResult, readResult } from './calls.ts'
import { type Field, fieldOf } from './fields.ts'

/** Contents and their parts. A part is known by its field, not by a type. */

const roles = new Map<string, Message['role']>([
  ['user', 'user'],
  ['model', 'assistant'],
  ['assistant', 'assistant'],
  ['function', 'tool'],
  ['tool', 'tool'],
  ['system', 'system'],
])
const contentFields = new Set(['role', 'parts'])

/** `unnamed`: whose content it is if its role is not told. */
export function readContent(
  content: unknown,
  at: string,
  unnamed: Message['role'],
  texts: ArgumentTexts = {},
): Message {
  const said = { roleText: '', at, extra: {} }
  if (typeof content === 'string') {
    return { ...said, role: unnamed, parts: [textPart(content, at)], isPlain: true }
  }
  if (!isObject(content) || !isTextOrNone(content['role'])) return otherMessage(unnamed, content, at)
  const roleText = content['role'] ?? ''
  return {
    role: roleText === '' ? unnamed : (roles.get(roleText) ?? 'user'),
    roleText,
    parts: readParts(content['parts'], `${at}/parts`, texts),
    isPlain: false,
    at,
    extra: rest(content, contentFields),
  }
}

/** A list, or one part alone. */
function readParts(parts: unknown, at: string, texts: ArgumentTexts): Part[] {
  if (parts === null || parts === undefined) return []
  if (!Array.isArray(parts)) return [readPart(parts, at, texts)]
  return parts.map((part, index) => readPart(part, `${at}/${index}`, texts))
}

const textFields = new Set(['text'])
const thoughtFields = new Set(['text', 'thought', 'thoughtSignature', 'thought_signature'])

export function readPart(part: unknown, at: string, texts: ArgumentTexts = {}): Part {
  if (!isObject(part)) return otherPart(part, at)
  return readKnown(part, at, texts) ?? otherPart(part, at)
}

function readKnown(part: JsonObject, at: string, texts: ArgumentTexts): Part | undefined {
  const { text, thought } = part
  if (typeof text === 'string') {
    if (thought !== true) return textPart(text, `${at}/text`, rest(part, textFields))
    const signature = fieldOf(part, 'thoughtSignature', 'thought_signature')?.value
    if (!isTextOrNone(signature)) return undefined
    const extra = rest(part, thoughtFields)
    return { kind: 'thinking', text, signature: signature ?? null, at: `${at}/text`, extra }
  }
  for (const [camel, snake, read] of readers) {
    const field = fieldOf(part, camel, snake)
    if (field === undefined) continue
    return isObject(field.value) ? read({ part, key: field.key, fields: field.value, at, texts }) : undefined
  }
  return undefined
}

type Read = (told: Told) => Part | undefined

const readers: readonly (readonly [camel: string, snake: string, read: Read])[] = [
  ['functionCall', 'function_call', readCall],
  ['functionResponse', 'function_response', (told) => readResult(told, readPart)],
  ['inlineData', 'inline_data', readMedia],
  ['fileData', 'file_data', readMedia],
  ['executableCode', 'executable_code', readCode],
  ['codeExecutionResult', 'code_execution_result', readCodeResult],
  ['toolCall', 'tool_call', readCall],
  ['toolResponse', 'tool_response', (told) => readResult(told, readPart)],
]

function readMedia({ part, key, fields: told, at }: Told): Part | undefined {
  const type = fieldOf(told, 'mimeType', 'mime_type')
  const link = fieldOf(told, 'fileUri', 'file_uri')
  const data = fieldOf(told, 'data', 'data')
  const read = new Set([type, link, data].flatMap((field) => (field === undefined ? [] : [field.key])))
  const mediaType = type?.value
  if (!isTextOrNone(mediaType)) return undefined
  const media = mediaOf(data, link, mediaType ?? null)
  if (media === undefined) return undefined
  const extra = withRest(rest(part, new Set([key])), key, rest(told, read))
  return { kind: kindOf(mediaType ?? ''), media, at, extra }
}

function mediaOf(
  data: Field | undefined,
  link: Field | undefined,
  mediaType: string | null,
): Media | undefined {
  if (data !== undefined && link === undefined && typeof data.value === 'string') {
    return { kind: 'data', mediaType, base64: data.value }
  }
  if (link === undefined || data !== undefined || typeof link.value !== 'string') return undefined
  return { kind: 'url', mediaType, url: link.value }
}

function kindOf(mediaType: string): 'image' | 'audio' | 'video' | 'document' {
  const [kind] = mediaType.split('/', 1)
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}
