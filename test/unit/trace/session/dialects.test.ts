import { expect, test } from 'bun:test'
import { dialects } from '../../../../src/dialect/index.ts'
import type { DialectName } from '../../../../src/dialect/dialect.ts'
import { createRebuild } from '../../../../src/merge/rebuild.ts'
import { createReader } from '../../../../src/trace/read.ts'
import { batchOf, beginOf, endOf, jsonHead, keeperOf, memoryStore, whole } from '../../../support/traces.ts'

/** Two turns of an agent in each dialect, as the wire has them: the second sends the first back as clients do. */
type Turns = {
  readonly dialect: DialectName
  readonly path: string
  readonly first: object
  readonly answer: object
  readonly second: object
  /** The same question once more, with another answer in its history. */
  readonly stranger: object
}

const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"a"}' } }
const question = { role: 'user', content: 'What is in a?' }

const chat: Turns = {
  dialect: 'openai-chat',
  path: '/v1/chat/completions',
  first: { model: 'm', messages: [{ role: 'system', content: 'It is Monday' }, question] },
  answer: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'm-2026',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: { role: 'assistant', content: null, refusal: null, annotations: [], tool_calls: [call] },
      },
    ],
  },
  second: {
    model: 'm',
    messages: [
      { role: 'system', content: 'It is Tuesday' },
      question,
      // Without what was null, as SDKs send it back.
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'b' },
    ],
  },
  stranger: {
    messages: [question, { role: 'assistant', content: 'Nothing' }, { role: 'user', content: 'Why?' }],
  },
}

const responses: Turns = {
  dialect: 'openai-responses',
  path: '/v1/responses',
  first: { model: 'm', instructions: 'Be brief', input: 'What is in a?' },
  answer: {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    model: 'm',
    output: [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'I look', annotations: [] }],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'look', arguments: '{"at":"a"}' },
    ],
  },
  second: {
    model: 'm',
    input: [
      { role: 'user', content: [{ type: 'input_text', text: 'What is in a?' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look' }] },
      { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"at": "a"}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'b' },
    ],
  },
  stranger: {
    model: 'm',
    input: [
      { role: 'user', content: 'What is in a?' },
      { role: 'assistant', content: 'Nothing' },
      { role: 'user', content: 'Why?' },
    ],
  },
}

const anthropic: Turns = {
  dialect: 'anthropic',
  path: '/v1/messages',
  first: {
    model: 'm',
    system: [{ type: 'text', text: 'Be brief' }],
    messages: [
      {
        role: 'user',
        content: [{ type: 'text', text: 'What is in a?', cache_control: { type: 'ephemeral' } }],
      },
    ],
  },
  answer: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    stop_reason: 'tool_use',
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'abc' },
      { type: 'text', text: 'I look' },
      { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'a' } },
    ],
    usage: { input_tokens: 10, output_tokens: 5 },
  },
  second: {
    model: 'm',
    system: 'Be very brief',
    messages: [
      { role: 'user', content: 'What is in a?' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look' },
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'a' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'b' }] },
    ],
  },
  stranger: {
    messages: [
      { role: 'user', content: 'What is in a?' },
      { role: 'assistant', content: 'Nothing' },
      { role: 'user', content: 'Why?' },
    ],
  },
}

const asks = { role: 'user', parts: [{ text: 'What is in a?' }] }
const gemini: Turns = {
  dialect: 'gemini',
  path: '/v1beta/models/m:generateContent',
  first: { systemInstruction: { parts: [{ text: 'Be brief' }] }, contents: [asks] },
  answer: {
    responseId: 'r1',
    candidates: [
      {
        index: 0,
        finishReason: 'STOP',
        content: {
          role: 'model',
          parts: [
            { text: 'Hm', thought: true },
            { text: 'I look' },
            { functionCall: { name: 'look', args: { at: 'a' } }, thoughtSignature: 'abc' },
          ],
        },
      },
    ],
  },
  second: {
    contents: [
      asks,
      {
        role: 'model',
        parts: [{ text: 'I look' }, { functionCall: { name: 'look', args: { at: 'a' } } }],
      },
      { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'b' } } }] },
    ],
  },
  stranger: {
    contents: [
      asks,
      { role: 'model', parts: [{ text: 'Nothing' }] },
      { role: 'user', parts: [{ text: 'Why?' }] },
    ],
  },
}

for (const turns of [chat, responses, anthropic, gemini]) {
  test(`turns in ${turns.dialect} are one session, and strangers are not in it`, () => {
    const heads = keptOf(turns, [turns.first, turns.second, turns.stranger])
    expect(heads.map((head) => head?.session)).toEqual(['trace-0', 'trace-0', null])
    expect(heads[1]?.parent).toBe('trace-0')
  })
}

test('a response that names the one before needs none of its history', () => {
  const next = { model: 'm', previous_response_id: 'resp_1', input: 'Go on' }
  const heads = keptOf(responses, [responses.first, next])
  expect(heads.map((head) => head?.session)).toEqual(['trace-0', 'trace-0'])
})

test("a compressed request's history is read as well", () => {
  const turns = { ...chat, compressed: true }
  const heads = keptOf(turns, [chat.first, chat.second])
  expect(heads.map((head) => head?.session)).toEqual(['trace-0', 'trace-0'])
})

function keptOf(turns: Turns & { readonly compressed?: boolean }, requests: readonly object[]) {
  const { dialect, path, answer, compressed = false } = turns
  const store = memoryStore()
  const keeper = keeperOf(store, { means: { dialects, createRebuild } })
  for (const [at, request] of requests.entries()) {
    const plain = JSON.stringify(request)
    const bytes = compressed ? Bun.zstdCompressSync(plain) : Buffer.from(plain)
    const reply = Buffer.from(JSON.stringify(answer))
    const encoding: [string, string][] = compressed ? [['content-encoding', 'zstd']] : []
    const begin = beginOf({ dialect, path, requestHeaders: encoding })
    const end = { ...endOf('', reply.toString()), requestBytes: bytes.length }
    const said = whole(`trace-${at}`, '', '', { begin, head: jsonHead, end })
    const report = { ...said.report, requestLength: bytes.length, replyLength: reply.length }
    const batch = batchOf(at + 1, { ...said, report })
    const kept = keeper.keep({ ...batch, bytes: new Uint8Array(Buffer.concat([bytes, reply])).buffer })
    expect(kept).toMatchObject({ kind: 'kept', finished: 1, bad: 0 })
  }
  const reader = createReader(store)
  return requests.map((_, at) => reader.get(`trace-${at}`))
}
