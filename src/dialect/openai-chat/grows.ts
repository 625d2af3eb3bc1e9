import { isObject, objectAt, readObject } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { createGrowth, type Growth, type Grows } from '../../wire/sse-run.ts'
import { errorOf, isOther } from './schema.ts'

/** A chunk of one choice that says one piece of text, or of what is given to one tool, and nothing that adds up. */
export const grows: Grows = ({ event, data }) => {
  const chunk = readObject(data)
  if (chunk === undefined || errorOf(chunk, event) !== null || isOther(chunk, event)) return null
  const choice = onlyOf(chunk['choices'])
  const delta = objectAt(choice, 'delta')
  if (choice === undefined || delta === undefined || !isSettled(choice, 'delta')) return null
  const field = fieldOf(delta)
  return field === null ? null : growths[field]
}

// Counts and noise of varying length: of them the last ones stand, or none.
const noise = ['obfuscation', 'prompt_tokens', 'completion_tokens', 'total_tokens'] as const
const growths = {
  content: createGrowth('content', noise),
  refusal: createGrowth('refusal', noise),
  reasoning: createGrowth('reasoning', noise),
  reasoning_content: createGrowth('reasoning_content', noise),
  arguments: createGrowth('arguments', noise),
} as const satisfies Record<string, Growth>

type Field = keyof typeof growths

function fieldOf(delta: JsonObject): Field | null {
  const call = onlyOf(delta['tool_calls'])
  if (call !== undefined) {
    const called = objectAt(call, 'function')
    const isPiece = called !== undefined && isSettled(call, 'function') && isSettled(called, 'arguments')
    return isPiece && typeof called['arguments'] === 'string' && isSettled(delta, 'tool_calls')
      ? 'arguments'
      : null
  }
  const field = fields.find((name) => typeof delta[name] === 'string' && delta[name] !== '')
  return field !== undefined && isSettled(delta, field) ? field : null
}

const fields = ['content', 'reasoning_content', 'reasoning', 'refusal'] as const

/** Whether everything else there can be told again without a change: nothing of it is a list or a text that grows. */
function isSettled(from: JsonObject, apart: string): boolean {
  for (const key in from) {
    const value = from[key]
    if (key === apart || value === null || value === '' || typeof value === 'number') continue
    if (key !== 'role' || typeof value !== 'string') return false
  }
  return true
}

function onlyOf(list: unknown): JsonObject | undefined {
  const only: unknown = Array.isArray(list) && list.length === 1 ? list[0] : undefined
  return isObject(only) ? only : undefined
}
