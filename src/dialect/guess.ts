import { isObject, objectsAt, textAt } from '../conversation/json.ts'
import type { JsonObject } from '../conversation/json.ts'
import { type DialectName, dialectNames } from './dialect.ts'

/** What an answer is whose path does not tell: a resumed response, Anthropic behind Vertex, a file on a disk. */

type Sign = (told: JsonObject) => boolean

const signs: Readonly<Record<DialectName, Sign>> = {
  'openai-chat': (told) => kindOf(told, 'object').startsWith('chat.completion') || hasMessages(told),
  'openai-responses': (told) => /^response(?:\.|$)/.test(kindOf(told, 'type') || kindOf(told, 'object')),
  anthropic: (told) => {
    const type = kindOf(told, 'type')
    return /^(?:message_|content_block_)/.test(type) || (type === 'message' && Array.isArray(told['content']))
  },
  gemini: (told) => Array.isArray(told['candidates']) || isObject(told['promptFeedback']),
}

/** By one event of its stream, or by all of it; null where these say nothing. */
export function guessDialect(told: unknown): DialectName | null {
  if (!isObject(told)) return null
  return dialectNames.find((name) => signs[name](told)) ?? null
}

function kindOf(told: JsonObject, key: 'object' | 'type'): string {
  return textAt(told, key) ?? ''
}

/** A legacy completion has choices too, but neither messages nor pieces of one. */
function hasMessages(told: JsonObject): boolean {
  return objectsAt(told, 'choices').some((choice) => isObject(choice['delta']) || isObject(choice['message']))
}
