import { toJson } from '../conversation/canonical.ts'
import { isObject, readJson, textAt, type JsonObject } from '../conversation/json.ts'

/**
 * Messages as other gateways tell them, made into ones that a trace can be read from: what those copy unread (a picture
 * in Anthropic's shape, arguments that were cut) must not keep the rules from all the rest. Nothing changes its place,
 * so that ranges hold for what was sent; what is not known is text, so that rules see it.
 */
export function mend(messages: readonly unknown[]): readonly unknown[] {
  return messages.map((message) => (isObject(message) ? mendMessage(message) : message))
}

function mendMessage(message: JsonObject): JsonObject {
  const { content, tool_calls: calls, metadata, ...rest } = message
  return {
    ...rest,
    ...('content' in message && { content: mendContent(content, message['role'] === 'tool') }),
    ...(Array.isArray(calls) && { tool_calls: calls.map(mendCall) }),
    ...(isObject(metadata) && { metadata }),
  }
}

/** Only what a tool tells may be an object. */
function mendContent(content: unknown, mayBeObject: boolean): unknown {
  if (Array.isArray(content)) return content.map(mendChunk)
  if (typeof content === 'string' || content === null || content === undefined) return content
  return mayBeObject && isObject(content) ? content : (toJson(content) ?? '')
}

function mendChunk(chunk: unknown): unknown {
  if (!isObject(chunk))
    return { type: 'text', text: typeof chunk === 'string' ? chunk : (toJson(chunk) ?? '') }
  const type = textAt(chunk, 'type') ?? 'other'
  if (typeof chunk['text'] === 'string') return { ...chunk, type }
  const image = chunk['image_url']
  if (isObject(image) && Object.values(image).every((value) => typeof value === 'string'))
    return { ...chunk, type }
  const url = textAt(chunk, 'image_url') ?? urlOf(chunk['source'])
  if (url !== null) return { type: 'image_url', image_url: { url } }
  return { type, text: toJson(chunk) ?? '' }
}

/** Of a picture in Anthropic's shape; its bytes are no text that a rule should search. */
function urlOf(source: unknown): string | null {
  if (!isObject(source)) return null
  const data = textAt(source, 'data')
  if (data === null) return textAt(source, 'url')
  return `data:${textAt(source, 'media_type') ?? ''};base64,${data}`
}

function mendCall(call: unknown): unknown {
  if (!isObject(call)) return call
  const called = call['function']
  const { id, ...rest } = call
  return {
    ...rest,
    type: textAt(call, 'type') ?? 'function',
    ...(typeof id === 'string' && { id }),
    ...(isObject(called) && { function: { ...called, arguments: argumentsOf(called['arguments']) } }),
  }
}

function argumentsOf(told: unknown): JsonObject {
  const value = typeof told === 'string' ? (readJson(told) ?? told) : told
  if (isObject(value)) return value
  const isNothing =
    value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
  return isNothing ? {} : { input: value }
}
