import type { Media, Part } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import {
  callWithValue,
  idOf,
  isIdOrNone,
  isTextOrNone,
  otherPart,
  readContent,
  rest,
  textPart,
  withRest,
} from '../../conversation/part.ts'
import type { ArgumentTexts } from '../dialect.ts'

/** Content blocks to parts. What a block's `type` says beyond the kind of its part stays in `extra`. */

/** Results hold blocks, documents as well; no deeper than this, whatever a body claims. */
const mostDepth = 8

export function readBlocks(content: unknown, at: string, texts: ArgumentTexts, depth = 0) {
  return readContent(content, at, (block, place) => [readBlock(block, place, texts, depth)])
}

function readBlock(block: unknown, at: string, texts: ArgumentTexts, depth: number): Part {
  if (!isObject(block) || depth > mostDepth) return otherPart(block, at)
  return readKnown(block, at, texts, depth) ?? otherPart(block, at)
}

const textFields = new Set(['type', 'text'])

function readKnown(block: JsonObject, at: string, texts: ArgumentTexts, depth: number): Part | undefined {
  const { type, text } = block
  switch (type) {
    case 'text':
      return typeof text === 'string' ? textPart(text, `${at}/text`, rest(block, textFields)) : undefined
    case 'thinking':
    case 'redacted_thinking':
      return readThinking(block, at)
    case 'image':
    case 'document':
      return readMedia(block, type, at, depth)
    case 'search_result':
      return readFound(block, at, depth)
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return readCall(block, at, texts)
  }
  return typeof type === 'string' && type.endsWith('tool_result')
    ? readResult(block, type, at, depth)
    : undefined
}

const thinkingFields = new Set(['type', 'thinking', 'signature'])
const redactedFields = new Set(['data'])

function readThinking(block: JsonObject, at: string): Part | undefined {
  const { type, thinking, signature, data } = block
  if (type === 'redacted_thinking') {
    if (typeof data !== 'string') return undefined
    return { kind: 'thinking', text: '', signature: data, at, extra: rest(block, redactedFields) }
  }
  if (typeof thinking !== 'string' || !isTextOrNone(signature)) return undefined
  const extra = rest(block, thinkingFields)
  return { kind: 'thinking', text: thinking, signature: signature ?? null, at: `${at}/thinking`, extra }
}

const mediaFields = new Set(['type', 'source'])
const sourceFields = new Set(['type', 'media_type', 'data', 'url', 'file_id'])
const wordedFields = new Set(['media_type', 'data', 'content'])

function readMedia(
  block: JsonObject,
  kind: 'image' | 'document',
  at: string,
  depth: number,
): Part | undefined {
  const { source } = block
  if (!isObject(source) || !isTextOrNone(source['media_type'])) return undefined
  const media = readSource(source, `${at}/source`, depth)
  if (media === undefined) return undefined
  const left = rest(source, media.kind === 'parts' ? wordedFields : sourceFields)
  return { kind, media, at, extra: withRest(rest(block, mediaFields), 'source', left) }
}

function readSource(source: JsonObject, at: string, depth: number): Media | undefined {
  const { type, media_type, data, url, file_id, content } = source
  const mediaType = typeof media_type === 'string' ? media_type : null
  if (type === 'base64' && typeof data === 'string') return { kind: 'data', mediaType, base64: data }
  if (type === 'url' && typeof url === 'string') return { kind: 'url', mediaType, url }
  if (type === 'file' && typeof file_id === 'string') return { kind: 'file', mediaType, id: file_id }
  if (type === 'text' && typeof data === 'string') {
    return { kind: 'parts', mediaType, parts: [textPart(data, `${at}/data`)] }
  }
  if (type !== 'content') return undefined
  return { kind: 'parts', mediaType, parts: readBlocks(content, `${at}/content`, {}, depth + 1).parts }
}

const foundFields = new Set(['content'])

/** What a client's own search has found, as blocks of text that can be cited. */
function readFound(block: JsonObject, at: string, depth: number): Part {
  const { parts } = readBlocks(block['content'], `${at}/content`, {}, depth + 1)
  const media: Media = { kind: 'parts', mediaType: null, parts }
  return { kind: 'document', media, at, extra: rest(block, foundFields) }
}

const callFields = new Set(['type', 'id', 'name', 'input'])
const mcpCallFields = new Set(['id', 'name', 'input'])

function readCall(block: JsonObject, at: string, texts: ArgumentTexts): Part | undefined {
  const { type, id, name, input } = block
  if (typeof name !== 'string' || !isIdOrNone(id)) return undefined
  const argumentsAt = `${at}/input`
  const fields = {
    id: idOf(id),
    name,
    at,
    argumentsAt,
    isServers: type !== 'tool_use',
    extra: rest(block, type === 'mcp_tool_use' ? mcpCallFields : callFields),
  }
  return callWithValue(fields, input, texts[argumentsAt])
}

const resultFields = new Set(['type', 'tool_use_id', 'content', 'is_error'])
const serversFields = new Set(['tool_use_id', 'content', 'is_error'])

/** Of a client's tool, or of one that Anthropic ran (`web_search_tool_result`), whose errors are blocks. */
function readResult(block: JsonObject, type: string, at: string, depth: number): Part | undefined {
  const { tool_use_id, content, is_error } = block
  if (typeof (is_error ?? false) !== 'boolean' || !isIdOrNone(tool_use_id)) return undefined
  const isServers = type !== 'tool_result'
  const failed =
    isObject(content) && typeof content['type'] === 'string' && content['type'].endsWith('_error')
  const { parts, isPlain } = readBlocks(content, `${at}/content`, {}, depth + 1)
  return {
    kind: 'result',
    callId: idOf(tool_use_id),
    name: isServers ? type.slice(0, -'_tool_result'.length) : null,
    isError: is_error === true || failed,
    isServers,
    parts,
    isPlain,
    at,
    extra: rest(block, isServers ? serversFields : resultFields),
  }
}
