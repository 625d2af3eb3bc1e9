import type { DialectName } from '../../src/dialect/dialect.ts'
import type { Bytes } from '../../src/wire/body.ts'

/** One text as each dialect streams it, a word at a time, an event in each read. */
const words =
  'The water comes down from the hills . Then it passes the weir , which counts it . Who else does ?'.split(
    ' ',
  )

export function toldIn(dialect: DialectName, count: number): readonly Bytes[] {
  const texts = Array.from({ length: count }, (_, at) => {
    const word = words[at % words.length] ?? ''
    return /\w/.test(word) ? ` ${word}` : word
  })
  return frames[dialect](texts).map((text) => new TextEncoder().encode(text))
}

type Frames = (texts: readonly string[]) => readonly string[]

const named = (event: { readonly type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

const frames: Readonly<Record<DialectName, Frames>> = {
  'openai-chat': (texts) => {
    const chunk = (delta: object, finish_reason: string | null) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
    return [
      chunk({ role: 'assistant', content: '' }, null),
      ...texts.map((content) => chunk({ content }, null)),
      chunk({}, 'stop'),
      'data: [DONE]\n\n',
    ]
  },
  'openai-responses': (texts) => {
    const at = { item_id: 'i', output_index: 0, content_index: 0 }
    const text = texts.join('')
    const item = {
      type: 'message',
      id: 'i',
      role: 'assistant',
      content: [{ type: 'output_text', text, annotations: [] }],
    }
    return [
      named({ type: 'response.output_item.added', ...at, ...{ item: { ...item, content: [] } } }),
      ...texts.map((delta) => named({ type: 'response.output_text.delta', ...at, ...{ delta } })),
      named({ type: 'response.output_item.done', ...at, ...{ item } }),
      named({
        type: 'response.completed',
        ...{ response: { id: 'r', object: 'response', status: 'completed', output: [item] } },
      }),
    ]
  },
  anthropic: (texts) => [
    named({
      type: 'message_start',
      ...{ message: { id: 'm', type: 'message', role: 'assistant', content: [], usage: {} } },
    }),
    named({ type: 'content_block_start', ...{ index: 0, content_block: { type: 'text', text: '' } } }),
    ...texts.map((text) =>
      named({ type: 'content_block_delta', ...{ index: 0, delta: { type: 'text_delta', text } } }),
    ),
    named({ type: 'content_block_stop', ...{ index: 0 } }),
    named({ type: 'message_delta', ...{ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } } }),
    named({ type: 'message_stop' }),
  ],
  gemini: (texts) =>
    texts.map((text, at) => {
      const finishReason = at === texts.length - 1 ? 'STOP' : undefined
      const told = { candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }] }
      return `data: ${JSON.stringify(told)}\r\n\r\n`
    }),
}
