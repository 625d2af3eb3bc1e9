import type { DialectName } from '../../../src/dialect/dialect.ts'
import { dataOnly, named, withCrlf } from './told.ts'
import type { Event, Fields, Told } from './told.ts'

/** Long stretches of events that are alike, token by token, with the noise around each: what a run is made of. */

const tokens = ['The weir', '\n"', 'x\\', '', ' 🙂', '\ud83d', '\ude42', '\\"text":"']
const text = tokens.join('')
const noises = ['a8Gd3', '', 'k', 'x1', 'Zz09', '7']

function noiseOf(number: number): string {
  return noises[number % noises.length] ?? ''
}

function chunk(delta: Fields, more: Fields = {}): Fields {
  const choice = { index: 0, delta, logprobs: null, finish_reason: null }
  return { id: 'c', object: 'chat.completion.chunk', model: 'small', choices: [choice], ...more }
}

function counted(number: number): Fields {
  const completion_tokens = 7 + number
  return { usage: { prompt_tokens: 4, completion_tokens, total_tokens: 4 + completion_tokens } }
}

function argument(piece: string): Fields {
  return { tool_calls: [{ index: 0, function: { arguments: piece } }] }
}

const chat = dataOnly(
  chunk({ role: 'assistant', content: '' }),
  ...tokens.map((piece, at) => chunk({ reasoning_content: piece }, { obfuscation: noiseOf(at) })),
  ...tokens.map((piece, at) => chunk({ content: piece }, counted(at))),
  chunk({ tool_calls: [{ index: 0, id: 't', type: 'function', function: { name: 'f', arguments: '' } }] }),
  ...tokens.map((piece) => chunk(argument(piece))),
  { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  '[DONE]',
)

const item = { id: 'm', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
const part = { type: 'output_text', text: '', annotations: [] }

function responseEvents(): Event[] {
  const events = [
    { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', output_index: 0, content_index: 0, part },
    ...tokens.map((delta) => ({
      type: 'response.output_text.delta',
      output_index: 0,
      content_index: 0,
      delta,
      logprobs: [],
    })),
    { type: 'response.output_item.added', output_index: 1, item: { type: 'function_call', arguments: '' } },
    ...tokens.map((delta) => ({
      type: 'response.function_call_arguments.delta',
      output_index: 1,
      delta,
    })),
  ]
  return events.map((event, at) => ({ ...event, sequence_number: at, obfuscation: noiseOf(at) }))
}

function padded(...events: readonly Event[]): string {
  // Before the last brace, as Anthropic pads against those who guess tokens from sizes.
  return events
    .map((event, at) => named(event).replace(/\}\n\n$/, `${' '.repeat((at * 7) % 11)}}\n\n`))
    .join('')
}

function deltas(index: number, deltaOf: (piece: string) => Fields): Event[] {
  return tokens.map((piece) => ({ type: 'content_block_delta', index, delta: deltaOf(piece) }))
}

const anthropic = padded(
  { type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', content: [] } },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
  ...deltas(0, (thinking) => ({ type: 'thinking_delta', thinking })),
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  ...deltas(1, (piece) => ({ type: 'text_delta', text: piece })),
  { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 't', input: {} } },
  ...deltas(2, (partial_json) => ({ type: 'input_json_delta', partial_json })),
  { type: 'message_stop' },
)

function generation(piece: Fields, number: number): Fields {
  return {
    candidates: [{ content: { parts: [piece], role: 'model' }, index: 0 }],
    usageMetadata: {
      promptTokenCount: 4,
      candidatesTokenCount: number,
      totalTokenCount: 4 + number,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 4 }],
    },
    modelVersion: 'flash',
  }
}

const last = tokens.length - 1
const gemini = withCrlf(
  dataOnly(
    ...tokens.map((piece, at) => generation({ text: piece, thought: true }, at)),
    ...tokens.map((piece, at) => generation({ text: piece }, at)),
  ),
)

export const tokenStreams: Readonly<Record<DialectName, Told>> = {
  'openai-chat': {
    name: 'tokens with noise and counts beside them are the text they make',
    text: chat,
    reply: {
      ending: 'complete',
      body: {
        id: 'c',
        object: 'chat.completion',
        model: 'small',
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: text,
              reasoning_content: text,
              tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: text } }],
            },
            finish_reason: 'tool_calls',
            logprobs: null,
          },
        ],
        ...counted(last),
      },
    },
  },
  'openai-responses': {
    name: 'tokens with noise and numbers beside them are the text they make',
    text: named(...responseEvents()),
    reply: {
      ending: 'cut',
      body: {
        id: 'r',
        status: 'in_progress',
        output: [
          { ...item, content: [{ ...part, text, logprobs: [] }] },
          { type: 'function_call', arguments: text },
        ],
      },
    },
  },
  anthropic: {
    name: 'tokens in padded events are the text they make',
    text: anthropic,
    reply: {
      ending: 'complete',
      body: {
        id: 'm',
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: text },
          { type: 'text', text },
          { type: 'tool_use', id: 't', input: {} },
        ],
      },
      argumentTexts: { '/content/2/input': text },
    },
  },
  gemini: {
    name: 'tokens with counts beside them are the text they make',
    text: gemini,
    reply: {
      ending: 'cut',
      body: {
        candidates: [{ content: { parts: [{ text, thought: true }, { text }], role: 'model' }, index: 0 }],
        usageMetadata: {
          promptTokenCount: 4,
          candidatesTokenCount: last,
          totalTokenCount: 4 + last,
          promptTokensDetails: [{ modality: 'TEXT', tokenCount: 4 }],
        },
        modelVersion: 'flash',
      },
    },
  },
}
