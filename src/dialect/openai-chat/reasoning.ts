import type { Part } from '../../conversation/conversation.ts'
import { isObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { isTextOrNone, otherPart, rest } from '../../conversation/part.ts'
import { readThinkingBlock } from '../openai-content.ts'

/**
 * Thinking, for which chats have no place of their own: LiteLLM's `thinking_blocks`, OpenRouter's `reasoning_details`
 * and `reasoning`, and the `reasoning_content` of DeepSeek and many others. Providers tell the same thinking in two
 * of them: it is read from the one that says most, and the other stays a field of the message.
 */
export function readReasoning(message: JsonObject, at: string, read: Set<string>): readonly Part[] {
  const parts: Part[] = []
  for (const list of lists) {
    const told = message[list]
    if (!Array.isArray(told) || parts.length > 0) continue
    read.add(list)
    for (const [index, detail] of told.entries()) {
      const place = `${at}/${list}/${index}`
      parts.push((isObject(detail) ? readDetail(detail, place) : undefined) ?? otherPart(detail, place))
    }
  }
  if (parts.some((part) => part.kind === 'thinking' && part.text !== '')) return parts
  for (const field of texts) {
    const told = message[field]
    if (typeof told !== 'string' || told === '') continue
    read.add(field)
    return [{ kind: 'thinking', text: told, signature: null, at: `${at}/${field}`, extra: {} }, ...parts]
  }
  return parts
}

const lists = ['thinking_blocks', 'reasoning_details'] as const
const texts = ['reasoning_content', 'reasoning'] as const

function readDetail(detail: JsonObject, at: string): Part | undefined {
  const { type, signature } = detail
  const field = typeof type === 'string' ? fields.get(type) : undefined
  if (field === undefined) return readThinkingBlock(detail, at)
  const told = detail[field]
  if (typeof told !== 'string' || !isTextOrNone(signature)) return undefined
  const extra = rest(detail, new Set([field, 'signature']))
  if (field === 'data') {
    if (typeof signature === 'string') extra['signature'] = signature
    return { kind: 'thinking', text: '', signature: told, at, extra }
  }
  return { kind: 'thinking', text: told, signature: signature ?? null, at: `${at}/${field}`, extra }
}

/** Where OpenRouter's details have their text. */
const fields = new Map([
  ['reasoning.text', 'text'],
  ['reasoning.summary', 'summary'],
  ['reasoning.encrypted', 'data'],
])
