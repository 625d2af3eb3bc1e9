import type { Answer, Conversation, Message, Part } from '../../src/conversation/conversation.ts'
import type { JsonObject } from '../../src/conversation/json.ts'

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
