import type { Message, Part } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import {
  isListOrNone,
  isTextOrNone,
  otherMessage,
  otherPart,
  readContent,
  rest,
} from '../../conversation/part.ts'
import { readPart } from '../openai-content.ts'
import { readCall, readOutput } from './calls.ts'

/** Items of a response's input or output, each as a message of its own; those of the model are joined by who reads. */
export function readItem(item: unknown, at: string): Message {
  if (!isObject(item)) return otherMessage('user', item, at)
  const { type, role } = item
  if (type === 'message' || (type === undefined && role !== undefined)) return readMessage(item, at)
  if (type === 'reasoning') return readReasoning(item, at) ?? otherMessage('assistant', item, at)
  if (typeof type !== 'string') return otherMessage('assistant', item, at)
  if (type === 'mcp_approval_response') return otherMessage('user', item, at)
  if (type.endsWith('_output')) {
    const part = readOutput(item, type, at) ?? otherPart(item, at)
    return said(part.kind === 'result' && part.isServers ? 'assistant' : 'tool', [part], at)
  }
  const parts = type.endsWith('_call') || type === 'program' ? readCall(item, type, at) : undefined
  return said('assistant', parts ?? [otherPart(item, at)], at)
}

function said(role: Message['role'], parts: readonly Part[], at: string): Message {
  return { role, roleText: '', parts, isPlain: false, at, extra: {} }
}

const roles = new Map<string, Message['role']>([
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'assistant'],
])
const messageFields = new Set(['type', 'role', 'content'])

function readMessage(item: JsonObject, at: string): Message {
  if (!isTextOrNone(item['role'])) return otherMessage('user', item, at)
  const roleText = item['role'] ?? ''
  return {
    role: roles.get(roleText) ?? 'user',
    roleText,
    ...readContent(item['content'], `${at}/content`, readPart),
    at,
    extra: rest(item, messageFields),
  }
}

const reasoningFields = new Set(['type', 'summary', 'content', 'encrypted_content'])

/** Thinking in pieces, summed up or open; what only the provider can read goes with the last of them. */
function readReasoning(item: JsonObject, at: string): Message | undefined {
  const { summary, content, encrypted_content } = item
  if (!isListOrNone(summary) || !isListOrNone(content) || !isTextOrNone(encrypted_content)) return undefined
  const parts = [...readThoughts(summary, `${at}/summary`), ...readThoughts(content, `${at}/content`)]
  const signature = encrypted_content ?? null
  const last = parts.at(-1)
  if (last?.kind === 'thinking') parts[parts.length - 1] = { ...last, signature }
  else if (signature !== null || last === undefined) {
    parts.push({ kind: 'thinking', text: '', signature, at, extra: {} })
  }
  return { ...said('assistant', parts, at), extra: rest(item, reasoningFields) }
}

function readThoughts(pieces: readonly unknown[] | null | undefined, at: string): Part[] {
  const parts = (pieces ?? []).flatMap((piece, index) => readPart(piece, `${at}/${index}`))
  return parts.map((part) => (part.kind === 'text' ? { ...part, kind: 'thinking', signature: null } : part))
}
