import type { DialectName } from '../../src/dialect/dialect.ts'

/** A small stream of each dialect, event by event, with where to ask for it. */
export type Stream = {
  readonly dialect: DialectName
  readonly path: string
  readonly body: string
  readonly events: readonly string[]
  /** In the event with which Weir says that the rest will not come. */
  readonly errorMark: string
}

const anthropic = [
  { type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', content: [], usage: {} } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'said ' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'it' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
]
const message = {
  id: 'm',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'said it' }],
}
const responses = [
  { type: 'response.created', response: { id: 'r', object: 'response', status: 'in_progress', output: [] } },
  { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
  { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'm', delta: 'said it' },
  { type: 'response.output_item.done', output_index: 0, item: message },
  {
    type: 'response.completed',
    response: { id: 'r', object: 'response', status: 'completed', output: [message] },
  },
]
const chat = ['said ', 'it'].map((content) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
}))
const chatEnd = { id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
const gemini = ['said ', 'it'].map((text, at) => ({
  candidates: [
    {
      index: 0,
      content: { role: 'model', parts: [{ text }] },
      ...(at === 1 ? { finishReason: 'STOP' } : {}),
    },
  ],
}))

export const streams: readonly Stream[] = [
  {
    dialect: 'openai-chat',
    path: '/openai-chat/v1/chat/completions',
    body: '{"model":"small","stream":true}',
    events: [...[...chat, chatEnd].map((each) => `data: ${JSON.stringify(each)}\n\n`), 'data: [DONE]\n\n'],
    errorMark: '"error":{"message"',
  },
  {
    dialect: 'openai-responses',
    path: '/openai-responses/v1/responses',
    body: '{"model":"small","stream":true}',
    events: responses.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`),
    errorMark: 'event: error\n',
  },
  {
    dialect: 'anthropic',
    path: '/anthropic/v1/messages',
    body: '{"model":"small","stream":true}',
    events: anthropic.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`),
    errorMark: 'event: error\n',
  },
  {
    dialect: 'gemini',
    path: '/gemini/v1beta/models/small:streamGenerateContent?alt=sse',
    body: '{"contents":[]}',
    events: gemini.map((each) => `data: ${JSON.stringify(each)}\r\n\r\n`),
    errorMark: '{"error":{"code":',
  },
]

/** A provider of each dialect under its name, all at one address. */
export function providersAt(url: string): Record<string, object> {
  return Object.fromEntries(streams.map(({ dialect }) => [dialect, { dialect, url, models: [] }]))
}
