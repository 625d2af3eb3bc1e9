import type { DialectName } from '../../src/dialect/dialect.ts'

/** Streams as the providers send them, token by token, with all the fields that stand around each token. */
type Maker = {
  readonly begin: readonly string[]
  readonly token: (text: string, number: number) => string
  readonly end: (text: string, number: number) => readonly string[]
}

const words = ['the ', 'river ', 'passes ', 'over\n', 'a "weir" ', 'großen ', 'and ', 'is measured '] as const

export function mergeStream(name: DialectName, events: number): Uint8Array {
  const tokens = Array.from({ length: events }, (_, at) => words[at % words.length] ?? '')
  const { begin, token, end } = makers[name]
  const parts = [...begin, ...tokens.map(token), ...end(tokens.join(''), events)]
  return new TextEncoder().encode(parts.join(''))
}

/** One event of a stream, again and again. */
export function mergeEvent(name: DialectName, text: string): string {
  return makers[name].token(text, 7)
}

const top = {
  id: 'chatcmpl-9xyzABCDEF0123456789',
  object: 'chat.completion.chunk',
  created: 1_760_000_000,
  model: 'gpt-5-2026-01-01',
  service_tier: 'default',
  system_fingerprint: 'fp_50cad350e4',
}
const response = { id: 'resp_1', object: 'response', status: 'in_progress', model: 'gpt-5', output: [] }
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const part = { type: 'output_text', text: '', annotations: [], logprobs: [] }
const item = { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
const usage = { input_tokens: 5, output_tokens: 1 }
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], usage }
const unstopped = { stop_reason: null, stop_sequence: null }
const counts = {
  promptTokenCount: 5,
  totalTokenCount: 9,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: 5 }],
}

const makers: Readonly<Record<DialectName, Maker>> = {
  'openai-chat': {
    begin: [chunk({ role: 'assistant', content: '' })],
    token: (content) => chunk({ content }),
    end: () => [chunk({}, 'stop'), 'data: [DONE]\n\n'],
  },
  'openai-responses': {
    begin: [
      numbered('response.created', 0, { response }),
      numbered('response.output_item.added', 1, { output_index: 0, item }),
      numbered('response.content_part.added', 2, { ...at, part }),
    ],
    token: (delta, number) =>
      numbered('response.output_text.delta', number + 3, {
        ...at,
        delta,
        logprobs: [],
        obfuscation: 'kd93k',
      }),
    end: (text, number) => {
      const told = { ...item, status: 'completed', content: [{ ...part, text }] }
      const completed = { ...response, status: 'completed', output: [told] }
      return [
        numbered('response.output_text.done', number + 3, { ...at, text, logprobs: [] }),
        numbered('response.content_part.done', number + 4, { ...at, part: { ...part, text } }),
        numbered('response.output_item.done', number + 5, { output_index: 0, item: told }),
        numbered('response.completed', number + 6, { response: completed }),
      ]
    },
  },
  anthropic: {
    begin: [
      named('message_start', { message: { ...message, ...unstopped } }),
      named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ],
    token: (text) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    end: (_, number) => [
      named('content_block_stop', { index: 0 }),
      named('message_delta', {
        delta: { ...unstopped, stop_reason: 'end_turn' },
        usage: { output_tokens: number },
      }),
      named('message_stop', {}),
    ],
  },
  gemini: {
    begin: [],
    token: (text) => generation(text),
    end: () => [generation('', { finishReason: 'STOP' })],
  },
}

function chunk(delta: object, finish_reason: string | null = null): string {
  return data({ ...top, choices: [{ index: 0, delta, logprobs: null, finish_reason }], obfuscation: 'a8Gd3' })
}

function generation(text: string, more: object = {}): string {
  return data({
    candidates: [{ content: { parts: [{ text }], role: 'model' }, ...more, index: 0 }],
    usageMetadata: counts,
    modelVersion: 'gemini-3-flash',
    responseId: 'abcDEF123',
  }).replaceAll('\n', '\r\n')
}

function numbered(type: string, sequence_number: number, fields: object): string {
  return named(type, { sequence_number, ...fields })
}

function named(type: string, fields: object): string {
  return `event: ${type}\n${data({ type, ...fields })}`
}

function data(fields: object): string {
  return `data: ${JSON.stringify(fields)}\n\n`
}
