import { objectAt, objectsAt, textAt, type JsonObject } from '../../conversation/json.ts'
import { indexOf } from '../../dialect/openai-chat/schema.ts'
import type { Close } from './steer.ts'

/** Each choice that has not finished says the message, and stops. */
export function createChatClose(): Close {
  const choices = new Map<number, { isFinished: boolean; hasText: boolean }>()
  return {
    left: (told) => {
      for (const choice of objectsAt(told, 'choices')) {
        const isFinished = textAt(choice, 'finish_reason') !== null
        const known = choices.get(indexOf(choice)) ?? { isFinished: false, hasText: false }
        known.isFinished ||= isFinished
        known.hasText ||= textAt(objectAt(choice, 'delta'), 'content') !== null
        choices.set(indexOf(choice), known)
      }
    },
    close: (message, body) => {
      const open = [...choices].filter(([, { isFinished }]) => !isFinished)
      const told = open.map(([index, { hasText }]) => ({ index, text: hasText ? `\n\n${message}` : message }))
      const closing = choices.size === 0 ? [{ index: 0, text: message }] : told
      const chunks = closing.flatMap(({ index, text }) => [
        chunk(body, { index, delta: { role: 'assistant', content: text }, finish_reason: null }),
        chunk(body, { index, delta: {}, finish_reason: 'stop' }),
      ])
      return [...chunks, '[DONE]'].map((data) => ({ data }))
    },
  }
}

function chunk(body: JsonObject, choice: JsonObject): string {
  const { id = 'chatcmpl-weir', created = 0, model = '' } = body
  return JSON.stringify({ id, object: 'chat.completion.chunk', created, model, choices: [choice] })
}

export function wholeChat(message: string): JsonObject {
  return {
    id: 'chatcmpl-weir',
    object: 'chat.completion',
    created: 0,
    model: '',
    choices: [{ index: 0, message: { role: 'assistant', content: message }, finish_reason: 'stop' }],
  }
}
