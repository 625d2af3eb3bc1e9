import { expect, test } from 'bun:test'
import { payloadOf } from '../../../src/push/payload.ts'
import { createReader, type Trace } from '../../../src/trace/read.ts'
import { batchOf, beginOf, keeperOf, memoryStore, whole } from '../../support/traces.ts'

/** A trace as it is read from a store. */
function traceOf(change: Partial<Trace>): Trace {
  const store = memoryStore()
  keeperOf(store).keep(batchOf(1, whole('a', '{}', '{}', { begin: beginOf() })))
  const trace = createReader(store).get('a')
  if (trace === null) throw new Error('It was not kept')
  return { ...trace, id: 'a', answer: null, ...change }
}

const openai = {
  dialect: 'openai-chat',
  request: {
    model: 'small',
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ type: 'function' }],
    user: null,
  },
  reply: {
    model: 'small-2026',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 4 },
  },
} as const

test('an OpenAI chat is told without nulls, with what was asked for and who answered beside it', () => {
  expect(payloadOf(traceOf(openai), 'data')).toEqual({
    messages: [
      [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: { at: 1 } } }],
        },
      ],
    ],
    annotations: null,
    dataset: 'data',
    metadata: [
      {
        model: 'small-2026',
        tools: [{ type: 'function' }],
        via_gateway: true,
        usage: { prompt_tokens: 3, completion_tokens: 4 },
        weir_trace: 'a',
      },
    ],
  })
})

test("Anthropic's metadata has the model that was asked for, and neither messages nor system", () => {
  const payload = payloadOf(
    traceOf({
      dialect: 'anthropic',
      request: {
        model: 'asked',
        system: 'Be kind',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'Hi' }],
      },
      reply: {
        model: 'answered',
        role: 'assistant',
        content: [{ type: 'text', text: 'Yes' }],
        usage: { input_tokens: 1 },
      },
    }),
    'data',
  )
  expect(payload?.messages[0].map(({ role }) => role)).toEqual(['system', 'user', 'assistant'])
  expect(payload?.metadata).toEqual([
    { model: 'asked', max_tokens: 9, via_gateway: true, usage: { input_tokens: 1 }, weir_trace: 'a' },
  ])
})

test("Gemini's metadata has the model of the path, the version that answered and its usage", () => {
  const payload = payloadOf(
    traceOf({
      dialect: 'gemini',
      model: 'gemini-x',
      request: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], generationConfig: { topK: 1 } },
      reply: {
        candidates: [{ content: { role: 'model', parts: [{ text: 'Yes' }] }, finishReason: 'STOP' }],
        usageMetadata: { totalTokenCount: 5 },
        modelVersion: 'gemini-x-001',
      },
    }),
    'data',
  )
  expect(payload?.metadata).toEqual([
    {
      model: 'gemini-x',
      generationConfig: { topK: 1 },
      via_gateway: true,
      usage: { totalTokenCount: 5 },
      modelVersion: 'gemini-x-001',
      weir_trace: 'a',
    },
  ])
})

test('what rules found goes with it', () => {
  const finding = {
    kind: 'violation',
    order: 'rule',
    action: 'block',
    mode: 'hold',
    on: 'request',
    line: 1,
    message: 'no',
    args: ['no'],
    kwargs: {},
    ranges: ['messages.0.content:0-2'],
    spans: [],
    leftBytes: 0,
  } as const
  const payload = payloadOf(traceOf({ ...openai, verdicts: [finding] }), 'data')
  expect(payload?.annotations).toMatchObject([[{ content: 'no', address: 'messages.0.content:0-2' }]])
})

test('of an error only the request is told; what is no conversation is not told at all', () => {
  const failed = payloadOf(traceOf({ ...openai, status: 500, reply: { error: { message: 'no' } } }), 'data')
  expect(failed?.messages[0]).toHaveLength(1)
  expect(payloadOf(traceOf({ ...openai, dialect: null }), 'data')).toBeNull()
  expect(payloadOf(traceOf({ ...openai, request: 'text' }), 'data')).toBeNull()
})
