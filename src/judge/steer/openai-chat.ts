import { objectsAt, textAt, type JsonObject } from '../../conversation/json.ts'
import { indexOf } from '../../dialect/openai-chat/schema.ts'
import type { Close } from './steer.ts'

/** Each choice that has not finished says the message, and stops. */
export function createChatClose(): Close {
  const choices = new Map<number, { isFinished: boolean }>()
  return {
    left: (told) => {
      for (const choice of objectsAt(told, 'choices')) {
        const isFinished = textAt(choice, 'finish_reason') !== null
        const known = choices.get(indexOf(choice))
        if (known === undefined) choices.set(indexOf(choice), { isFinished })
        else known.isFinished ||= isFinished
      }
    },
    close: (message, body) => {
      const open = [...choices].filter(([, { isFinished }]) => !isFinished).map(([index]) => index)
      const indexes = choices.size === 0 ? [0] : open
      const text = choices.size === 0 ? message : `\n\n${message}`
      const chunks = indexes.flatMap((index) => [
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
