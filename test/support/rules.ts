import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DialectName } from '../../src/dialect/dialect.ts'
import { chunk, chunkedHead, lastChunk, whole, type Call } from './provider.ts'

/** What rules are tried on: one turn in each dialect, whole and as a stream. */
export type Speech = {
  readonly dialect: DialectName
  readonly path: (isStream: boolean) => string
  readonly request: (text: string, isStream: boolean) => string
  readonly whole: (text: string) => string
  /** The text in as many deltas as there are texts. */
  readonly events: (...texts: readonly string[]) => string[]
  /** In the body of a refusal for what a rule does not let pass. */
  readonly refusal: object
}

const chat: Speech = {
  dialect: 'openai-chat',
  path: () => '/openai-chat/v1/chat/completions',
  request: (content, stream) => JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content }] }),
  whole: (content) =>
    JSON.stringify({
      id: 'c',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    }),
  events: (...texts) => [
    ...texts.map((content, at) =>
      data({
        id: 'c',
        object: 'chat.completion.chunk',
        choices: [
          { index: 0, delta: { ...(at === 0 && { role: 'assistant' }), content }, finish_reason: null },
        ],
      }),
    ),
    data({
      id: 'c',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
    }),
    'data: [DONE]\n\n',
  ],
  refusal: { error: { type: 'invalid_request_error', code: 'content_policy_violation' } },
}

const responses: Speech = {
  dialect: 'openai-responses',
  path: () => '/openai-responses/v1/responses',
  request: (input, stream) => JSON.stringify({ model: 'm', stream, input }),
  whole: (text) => JSON.stringify(responseOf('completed', [messageOf(text)])),
  events: (...texts) => {
    const message = messageOf(texts.join(''))
    const part = { type: 'output_text', text: '', annotations: [] }
    const at = { item_id: 'm', output_index: 0, content_index: 0 }
    return [
      { type: 'response.created', response: responseOf('in_progress', []) },
      { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
      { type: 'response.content_part.added', ...at, part },
      ...texts.map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
      { type: 'response.output_text.done', ...at, text: texts.join('') },
      { type: 'response.content_part.done', ...at, part: { ...part, text: texts.join('') } },
      { type: 'response.output_item.done', output_index: 0, item: message },
      { type: 'response.completed', response: responseOf('completed', [message]) },
    ].map((event, at) => `event: ${event.type}\n${data({ ...event, sequence_number: at })}`)
  },
  refusal: { error: { type: 'invalid_request_error', code: 'content_policy_violation' } },
}

const anthropic: Speech = {
  dialect: 'anthropic',
  path: () => '/anthropic/v1/messages',
  request: (content, stream) =>
    JSON.stringify({ model: 'm', max_tokens: 9, stream, messages: [{ role: 'user', content }] }),
  whole: (text) =>
    JSON.stringify({ ...anthropicMessage, content: [{ type: 'text', text }], stop_reason: 'end_turn' }),
  events: (...texts) =>
    [
      { type: 'message_start', message: { ...anthropicMessage, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...texts.map((text) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text },
      })),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ].map((event) => `event: ${event.type}\n${data(event)}`),
  refusal: { type: 'error', error: { type: 'invalid_request_error' } },
}

const gemini: Speech = {
  dialect: 'gemini',
  path: (isStream) =>
    `/gemini/v1beta/models/m:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  request: (text) => JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }] }),
  whole: (text) => JSON.stringify({ candidates: [{ ...candidateOf(text), finishReason: 'STOP' }] }),
  events: (...texts) =>
    texts.map((text, at) => {
      const finish = at === texts.length - 1 ? { finishReason: 'STOP' } : {}
      return `data: ${JSON.stringify({ candidates: [{ ...candidateOf(text), ...finish }] })}\r\n\r\n`
    }),
  refusal: { error: { code: 400, status: 'INVALID_ARGUMENT' } },
}

export const speeches: readonly Speech[] = [chat, responses, anthropic, gemini]

export function speechOf(name: DialectName): Speech {
  const found = speeches.find(({ dialect }) => dialect === name)
  if (found === undefined) throw new Error(`no speech ${name}`)
  return found
}

function data(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

function responseOf(status: string, output: readonly unknown[]) {
  return { id: 'r', object: 'response', created_at: 1, model: 'm', status, output }
}

function messageOf(text: string) {
  const content = [{ type: 'output_text', text, annotations: [] }]
  return { id: 'm', type: 'message', role: 'assistant', status: 'completed', content }
}

const anthropicMessage = {
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
}

function candidateOf(text: string) {
  return { index: 0, content: { role: 'model', parts: [{ text }] } }
}

/** An answer as the request asks for it. */
export function say(
  call: Call,
  { whole: told, events }: Speech,
  isStream: boolean,
  ...texts: string[]
): void {
  if (!isStream) return call.send(whole(told(texts.join('')), ['Content-Type: application/json']))
  call.send(chunkedHead())
  for (const event of events(...texts)) call.send(chunk(event))
  call.send(lastChunk)
}

/** Policies as files of a folder, and the configuration that names them. */
export function policiesIn(folder: string, policies: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(policies)) writeFileSync(join(folder, `${name}.policy`), text)
  return folder
}

/** Finds a word in what anybody says, and says so. */
export function findsWord(word: string, message = 'found'): string {
  return `raise "${message}" if:\n  (msg: Message)\n  (piece: str) in text(msg)\n  any(find("${word}", piece))\n`
}
