import type { JsonObject } from './json.ts'

/** What the demo understands of a request, whatever its dialect. */
export type Role = 'system' | 'user' | 'assistant' | 'tool'
export type Message = { readonly role: Role; readonly parts: readonly string[] }

export type Tool = {
  /** custom: takes free text instead of JSON (OpenAI only). */
  readonly kind: 'function' | 'custom'
  readonly name: string
  readonly schema: JsonObject
}

export type Choice =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'required' }
  | { readonly kind: 'named'; readonly name: string }

export type Prompt = {
  readonly model: string
  readonly stream: boolean
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly choice: Choice
  readonly maxTokens: number | null
  readonly stop: readonly string[]
  /** How many answers at once (OpenAI's `n`). */
  readonly choices: number
  readonly seed: number | null
  readonly thinking: boolean
  /** The answer must be JSON of this schema. */
  readonly schema: JsonObject | null
}

/** Everything that was said, for seeds and token counts. */
export function conversationOf(prompt: Prompt): string {
  return prompt.messages.map((message) => `${message.role}\n${message.parts.join('\n')}`).join('\n')
}

/**
 * The last thing the user said. Coding agents put context of their own beside it, each piece wrapped in a tag
 * such as `<system-reminder>` or `<environment_context>`: that is not what the user asked.
 */
export function questionOf(prompt: Prompt): string {
  for (const message of prompt.messages.toReversed()) {
    if (message.role !== 'user') continue
    const asked = message.parts.findLast(
      (part) => part.trim() !== '' && !/^\s*<[^>]+>.*<\/[^>]+>\s*$/s.test(part),
    )
    if (asked !== undefined) return asked
  }
  return ''
}

/** The latest tool result, or null when no tool was called yet. */
export function toolResultOf(prompt: Prompt): string | null {
  const result = prompt.messages.findLast((message) => message.role === 'tool')
  return result === undefined ? null : result.parts.join('\n')
}
