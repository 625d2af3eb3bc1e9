import type { Conversation, Media, Message, Part, ToolCall } from './conversation.ts'
import { toJson } from './canonical.ts'
import { isObject, put, readJson } from './json.ts'
import type { JsonObject } from './json.ts'

/**
 * What the readers of all dialects are made of. A part of a known kind is read if it has the shape of its kind;
 * any other becomes `other` as a whole, so that a reader never has to say which field was wrong, nor loses it.
 */

/** The fields that were not read. */
export function rest(fields: JsonObject, read: Pick<ReadonlySet<string>, 'has'>): JsonObject {
  const left: JsonObject = {}
  for (const key in fields) if (!read.has(key)) put(left, key, fields[key])
  return left
}

/** What is left of a field's own fields, beside what is left of its owner's. */
export function withRest(extra: JsonObject, key: string, inner: JsonObject): JsonObject {
  return isEmpty(inner) ? extra : { ...extra, [key]: inner }
}

export function isEmpty(fields: JsonObject): boolean {
  for (const _ in fields) return false
  return true
}

/** A step down a JSON pointer. */
export function below(at: string, key: string): string {
  return `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

export function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

export function isTextOrNone(value: unknown): value is string | null | undefined {
  return typeof value === 'string' || isNone(value)
}

export function isListOrNone(value: unknown): value is readonly unknown[] | null | undefined {
  return Array.isArray(value) || isNone(value)
}

export function isIdOrNone(value: unknown): value is string | number | null | undefined {
  return typeof value === 'number' || isTextOrNone(value)
}

/** An id as a text: some compatible servers number theirs. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

export function otherPart(original: unknown, at: string): Part {
  const type = isObject(original) && typeof original['type'] === 'string' ? original['type'] : ''
  return { kind: 'other', type, original, at, extra: {} }
}

export function textPart(text: string, at: string, extra: JsonObject = {}): Part {
  return { kind: 'text', text, at, extra }
}

export function otherMessage(role: Message['role'], original: unknown, at: string): Message {
  return { role, roleText: '', parts: [otherPart(original, at)], isPlain: false, at, extra: {} }
}

/** A body that is no object, and so of no dialect: kept as it is. */
export function foreignBody(body: unknown): Conversation {
  const messages = isNone(body) ? [] : [otherMessage('user', body, '')]
  return { model: null, messages, tools: [], settings: {} }
}

export type Content = { readonly parts: readonly Part[]; readonly isPlain: boolean }

/** Content as all dialects but Gemini tell it: a text, or a list of parts. */
export function readContent(
  content: unknown,
  at: string,
  readPart: (part: unknown, at: string) => readonly Part[],
): Content {
  if (typeof content === 'string') return { parts: [textPart(content, at)], isPlain: true }
  if (isNone(content)) return { parts: [], isPlain: false }
  if (!Array.isArray(content)) return { parts: readPart(content, at), isPlain: false }
  return { parts: content.flatMap((part, index) => readPart(part, `${at}/${index}`)), isPlain: false }
}

/** Texts to go on from or to embed: one, or many, or lists of tokens. */
export function readTexts(value: unknown, at: string): readonly Message[] {
  if (typeof value === 'string') return [plainMessage('user', value, at)]
  if (!Array.isArray(value)) return [otherMessage('user', value, at)]
  if (typeof value[0] === 'number') return [otherMessage('user', value, at)]
  return value.map((text: unknown, index) =>
    typeof text === 'string'
      ? plainMessage('user', text, `${at}/${index}`)
      : otherMessage('user', text, `${at}/${index}`),
  )
}

export function plainMessage(role: 'system' | 'user', text: string, at: string): Message {
  return { role, roleText: '', parts: [textPart(text, at)], isPlain: true, at, extra: {} }
}

type CallFields = Pick<ToolCall, 'id' | 'name' | 'argumentsAt'> & {
  readonly at: string
  readonly extra: JsonObject
  readonly isServers?: boolean
}

/** A call whose arguments stand in the body as a text (of JSON). */
export function callWithText(fields: CallFields, text: string): Part {
  return { kind: 'call', isFreeform: false, isServers: false, ...fields, ...argumentsOf(text) }
}

/** A call whose arguments are text of any form. */
export function callFreeform(fields: CallFields, text: string): Part {
  const told = { argumentsText: text, arguments: undefined }
  return { kind: 'call', isFreeform: true, isServers: false, ...fields, ...told }
}

/**
 * A call whose arguments stand in the body as a value (or all the same as a text); `text` is what the model wrote,
 * where that is known.
 */
export function callWithValue(fields: CallFields, value: unknown, text?: string): Part {
  const written = text ?? (typeof value === 'string' ? value : undefined)
  const told = written === undefined ? writtenOf(value ?? {}) : argumentsOf(written)
  return { kind: 'call', isFreeform: false, isServers: false, ...fields, ...told }
}

type Arguments = Pick<ToolCall, 'argumentsText' | 'arguments'>

function argumentsOf(text: string): Arguments {
  return { argumentsText: text, arguments: readJson(text) }
}

function writtenOf(value: unknown): Arguments {
  return { argumentsText: toJson(value) ?? '', arguments: value }
}

const dataUrl = /^data:([^,]{0,200});base64,/i

/** What an address stands for: the bytes themselves, if it has them. */
export function mediaOf(url: string, mediaType: string | null = null): Media {
  const found = dataUrl.exec(url)
  if (found === null) return { kind: 'url', mediaType, url }
  const [head, type = ''] = found
  return { kind: 'data', mediaType: type === '' ? mediaType : type, base64: url.slice(head.length) }
}
