import type { Answer, Conversation, Message, Part } from '../../src/conversation/conversation.ts'
import { isObject, type JsonObject } from '../../src/conversation/json.ts'

/** Conversations in the neutral form, in one line each, for tests of what reads it. */
export function text(words: string): Part {
  return { kind: 'text', text: words, at: '', extra: {} }
}

export function message(role: Message['role'], ...parts: readonly (string | Part)[]): Message {
  const told = parts.map((part) => (typeof part === 'string' ? text(part) : part))
  return { role, roleText: role, parts: told, isPlain: true, at: '', extra: {} }
}

/** By their first letter: `u:Hello`, `a:Hi`, `s:Be brief`, `t:result`. */
export function messages(...lines: readonly string[]): Message[] {
  const roles = { u: 'user', a: 'assistant', s: 'system', t: 'tool' } as const
  return lines.map((line) => {
    const role = Object.entries(roles).find(([letter]) => letter === line[0])?.[1] ?? 'user'
    return message(role, line.slice(2))
  })
}

export function conversation(lines: readonly string[], settings: JsonObject = {}): Conversation {
  return { model: 'small', messages: messages(...lines), tools: [], settings }
}

export function answer(id: string | null, ...choices: readonly string[]): Answer {
  return {
    model: 'small',
    id,
    usage: null,
    extra: {},
    choices: choices.map((words) => ({
      message: message('assistant', words),
      finish: 'stop',
      finishReason: 'stop',
      extra: {},
    })),
  }
}

/** A dialect for tests: `{"say": ["u:Hello"], ...settings}` asks, `{"id": "1", "say": ["Hi"]}` answers. */
export function readSaid(body: unknown): Conversation {
  const { say, ...settings } = isObject(body) ? body : {}
  return conversation(textsOf(say), settings)
}

export function readAnswered(body: unknown): Answer {
  const { say, id } = isObject(body) ? body : {}
  return answer(typeof id === 'string' ? id : null, ...textsOf(say))
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
