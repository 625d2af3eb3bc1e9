import { objectAt, type JsonObject } from '../../conversation/json.ts'
import type { Close } from './steer.ts'
import { named } from './steer.ts'

/** The block that is open is stopped, the message is a block of its own, and the turn has come to its end. */
export function createAnthropicClose(): Close {
  const open = new Set<number>()
  let isStarted = false
  let next = 0
  return {
    left: (told, type) => {
      const { index } = told
      const at = typeof index === 'number' ? index : 0
      if (type === 'message_start') {
        isStarted = true
        const content = objectAt(told, 'message')?.['content']
        next = Array.isArray(content) ? content.length : 0
      }
      if (type === 'content_block_start') open.add(at)
      if (type === 'content_block_stop') open.delete(at)
      if (type.startsWith('content_block')) next = Math.max(next, at + 1)
    },
    close: (message) => {
      const index = next
      return [
        ...(isStarted
          ? []
          : [named({ type: 'message_start', message: { ...wholeAnthropic(''), content: [] } })]),
        ...[...open].map((at) => named({ type: 'content_block_stop', index: at })),
        named({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } }),
        named({ type: 'content_block_delta', index, delta: { type: 'text_delta', text: message } }),
        named({ type: 'content_block_stop', index }),
        named({
          type: 'message_delta',
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: 0 },
        }),
        named({ type: 'message_stop' }),
      ]
    },
  }
}

export function wholeAnthropic(message: string): JsonObject {
  return {
    id: 'msg_weir',
    type: 'message',
    role: 'assistant',
    model: '',
    content: [{ type: 'text', text: message }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  }
}
