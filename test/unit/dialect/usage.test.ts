import { expect, test } from 'bun:test'
import type { Usage } from '../../../src/conversation/usage.ts'
import type { DialectName } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'
import { usageOfOther } from '../../../src/dialect/other.ts'

const unknown: Usage = { input: null, cachedInput: null, cacheWrite: null, output: null, reasoning: null }

const cases: readonly (readonly [says: string, DialectName, body: unknown, Partial<Usage> | null])[] = [
  ['nothing told is nothing known', 'openai-chat', {}, null],
  ['counts that are none are unknown, not zero', 'openai-chat', { usage: { prompt_tokens: -1 } }, {}],
  [
    'DeepSeek tells its cache under a name of its own',
    'openai-chat',
    { usage: { prompt_tokens: 9, prompt_cache_hit_tokens: 4, completion_tokens: 1, total_tokens: 10 } },
    { input: 9, cachedInput: 4, output: 1 },
  ],
  [
    'Moonshot tells its usage within the choice',
    'openai-chat',
    { choices: [{ usage: { prompt_tokens: 9, cached_tokens: 2, completion_tokens: 1 } }] },
    { input: 9, cachedInput: 2, output: 1 },
  ],
  [
    'xAI counts reasoning beside the answer, and its total tells',
    'openai-chat',
    {
      usage: {
        prompt_tokens: 300,
        completion_tokens: 20,
        total_tokens: 500,
        completion_tokens_details: { reasoning_tokens: 180 },
      },
    },
    { input: 300, output: 200, reasoning: 180 },
  ],
  [
    'an output that was not told follows from the total',
    'openai-chat',
    { usage: { prompt_tokens: 3, total_tokens: 10 } },
    { input: 3, output: 7 },
  ],
  [
    'a response has its cache within the input, and reasoning within the output',
    'openai-responses',
    {
      usage: {
        input_tokens: 9,
        input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
        output_tokens: 2,
      },
    },
    { input: 9, cachedInput: 4, cacheWrite: 1, output: 2 },
  ],
  [
    'a message has its cache beside the input',
    'anthropic',
    {
      usage: {
        input_tokens: 1,
        cache_read_input_tokens: 20,
        cache_creation_input_tokens: 300,
        output_tokens: 5,
      },
    },
    { input: 321, cachedInput: 20, cacheWrite: 300, output: 5 },
  ],
  [
    'an input that is half unknown is unknown',
    'anthropic',
    { usage: { cache_read_input_tokens: 20 } },
    { cachedInput: 20 },
  ],
  [
    'a generation has thoughts beside the candidates, and what tools read beside the prompt',
    'gemini',
    {
      usageMetadata: {
        promptTokenCount: 10,
        toolUsePromptTokenCount: 5,
        cachedContentTokenCount: 4,
        candidatesTokenCount: 3,
        thoughtsTokenCount: 2,
      },
    },
    { input: 15, cachedInput: 4, output: 5, reasoning: 2, details: { toolInput: 5 } },
  ],
  [
    'a chat tells audio, images, searches, its tier and what it cost',
    'openai-chat',
    {
      service_tier: 'priority',
      usage: {
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: {
          audio_tokens: 20,
          image_tokens: 30,
          cached_tokens: 0,
          cache_write_tokens: 7,
        },
        completion_tokens_details: { audio_tokens: 40, image_tokens: 0, reasoning_tokens: 3 },
        server_tool_use: { web_search_requests: 2 },
        cost: 0.0123,
      },
    },
    {
      input: 100,
      cachedInput: 0,
      cacheWrite: 7,
      output: 50,
      reasoning: 3,
      details: {
        inputAudio: 20,
        inputImage: 30,
        outputAudio: 40,
        outputImage: 0,
        serverTools: { web_search: 2 },
        tier: 'priority',
        reportedCost: 0.0123,
      },
    },
  ],
  [
    'xAI tells its cost in ticks',
    'openai-chat',
    { usage: { prompt_tokens: 1, completion_tokens: 1, cost_in_usd_ticks: 25_000_000 } },
    { input: 1, output: 1, details: { reportedCost: 0.0025 } },
  ],
  [
    'Perplexity counts its searches',
    'openai-chat',
    { usage: { prompt_tokens: 1, completion_tokens: 1, num_search_queries: 3 } },
    { input: 1, output: 1, details: { serverTools: { web_search: 3 } } },
  ],
  [
    'a response tells images, and its tools in its output; opening a page is no search',
    'openai-responses',
    {
      service_tier: 'default',
      usage: {
        input_tokens: 9,
        output_tokens: 20,
        input_tokens_details: {
          image_tokens: 4,
          cached_tokens_details: { image_tokens: 2, audio_tokens: 1 },
        },
        output_tokens_details: { image_tokens: 15 },
      },
      output: [
        { type: 'web_search_call', action: { type: 'search' } },
        { type: 'web_search_call', action: { type: 'open_page' } },
        { type: 'web_search_call' },
        { type: 'file_search_call' },
        { type: 'function_call' },
      ],
    },
    {
      input: 9,
      output: 20,
      details: {
        inputImage: 4,
        cachedImage: 2,
        cachedAudio: 1,
        outputImage: 15,
        serverTools: { web_search: 2, file_search: 1 },
        tier: 'default',
      },
    },
  ],
  [
    'a message tells how long its cache lasts, its tools, and what an advisor and a compaction took',
    'anthropic',
    {
      usage: {
        input_tokens: 2,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 300,
        cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
        output_tokens: 5,
        service_tier: 'standard',
        server_tool_use: { web_search_requests: 3, web_fetch_requests: 0 },
        iterations: [
          { type: 'message', input_tokens: 2, output_tokens: 5 },
          { type: 'advisor_message', model: 'opus', input_tokens: 40, output_tokens: 6 },
          { type: 'compaction', input_tokens: 70, output_tokens: 8, cache_read_input_tokens: 30 },
        ],
      },
    },
    {
      input: 302,
      cachedInput: 0,
      cacheWrite: 300,
      output: 5,
      details: {
        cacheWrite5m: 100,
        cacheWrite1h: 200,
        serverTools: { web_search: 3 },
        tier: 'standard',
        others: [
          { kind: 'advisor', model: 'opus', input: 40, cachedInput: null, cacheWrite: null, output: 6 },
          { kind: 'compaction', model: null, input: 100, cachedInput: 30, cacheWrite: null, output: 8 },
        ],
      },
    },
  ],
  [
    'a generation tells modalities on both sides, pages as images, and what it searched for',
    'gemini',
    {
      candidates: [{ groundingMetadata: { webSearchQueries: ['', 'weir'] } }, {}],
      usageMetadata: {
        promptTokenCount: 100,
        candidatesTokenCount: 60,
        cachedContentTokenCount: 10,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 50 },
          { modality: 'AUDIO', tokenCount: 30 },
          { modality: 'IMAGE', tokenCount: 15 },
          { modality: 'DOCUMENT', tokenCount: 5 },
        ],
        cacheTokensDetails: [
          { modality: 'AUDIO', tokenCount: 6 },
          { modality: 'IMAGE', tokenCount: 4 },
        ],
        candidatesTokensDetails: [
          { modality: 'AUDIO', tokenCount: 35 },
          { modality: 'IMAGE', tokenCount: 25 },
        ],
        toolUsePromptTokensDetails: [{ modality: 'AUDIO', tokenCount: 1 }],
        trafficType: 'ON_DEMAND',
      },
    },
    {
      input: 100,
      cachedInput: 10,
      output: 60,
      details: {
        inputAudio: 31,
        inputImage: 20,
        cachedAudio: 6,
        cachedImage: 4,
        outputAudio: 35,
        outputImage: 25,
        serverTools: { web_search: 1 },
        tier: 'ON_DEMAND',
      },
    },
  ],
  [
    'thoughts alone are an output',
    'gemini',
    { usageMetadata: { thoughtsTokenCount: 2 } },
    { output: 2, reasoning: 2 },
  ],
]

/** The events of a stream that tells the same counts: where counts come twice, the first ones are not yet whole. */
const streams: Readonly<Record<DialectName, (body: unknown) => unknown[]>> = {
  'openai-chat': (body) => [{ choices: [{ index: 0, delta: {} }], usage: null }, body],
  'openai-responses': (body) => [
    { type: 'response.created', response: { output: [], usage: null } },
    { type: 'response.completed', response: body },
  ],
  anthropic: (body) => [
    { type: 'message_start', message: JSON.parse(JSON.stringify(body).replaceAll(/:\d+/g, ':1')) },
    { type: 'message_delta', delta: {}, ...Object(body) },
    { type: 'message_delta', delta: {}, ...Object(body) },
    { type: 'message_stop' },
  ],
  gemini: (body) => [{ candidates: [{ index: 0 }], usageMetadata: { thoughtsTokenCount: 1 } }, body],
}

for (const [says, name, body, usage] of cases) {
  test(`${name}: ${says}`, () => {
    expect(dialects[name].whole(body).usage).toEqual(usage === null ? null : { ...unknown, ...usage })
  })

  if (usage === null || Object.keys(usage).length === 0) continue
  test(`${name}, streamed: ${says}`, () => {
    const merge = dialects[name].merge()
    for (const told of streams[name](body)) merge.add({ data: JSON.stringify(told) })
    expect(merge.finish().usage).toEqual({ ...unknown, ...usage })
  })
}

test('a body that is no object is handed on without model or usage', () => {
  for (const name of Object.values(dialects)) {
    for (const body of [null, 'text', [1], 7]) {
      expect(name.whole(body)).toMatchObject({ body, ending: 'complete', model: null, usage: null })
    }
  }
})

const others: readonly (readonly [says: string, body: unknown, usage: Partial<Usage> | null])[] = [
  ['embeddings tell their prompt', { usage: { prompt_tokens: 8, total_tokens: 8 } }, { input: 8, output: 0 }],
  [
    'a legacy completion counts like a chat',
    { object: 'text_completion', usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } },
    { input: 5, output: 7 },
  ],
  [
    'images tell what was text and what was image',
    {
      usage: {
        input_tokens: 50,
        output_tokens: 4160,
        input_tokens_details: { text_tokens: 10, image_tokens: 40 },
        output_tokens_details: { image_tokens: 4160 },
      },
    },
    { input: 50, output: 4160, details: { inputImage: 40, outputImage: 4160 } },
  ],
  [
    'a transcription tells tokens of audio',
    {
      text: 'Hi',
      usage: {
        type: 'tokens',
        input_tokens: 14,
        input_token_details: { text_tokens: 0, audio_tokens: 14 },
        output_tokens: 45,
      },
    },
    { input: 14, output: 45, details: { inputAudio: 14 } },
  ],
  [
    'or how long it was',
    { text: 'Hi', usage: { type: 'duration', seconds: 12 } },
    { details: { audioSeconds: 12 } },
  ],
  ['embeddings of Google tell theirs', { usageMetadata: { promptTokenCount: 4 } }, { input: 4 }],
  ['an answer without counts has none', { object: 'list', data: [] }, null],
  ['a usage that says nothing is none', { usage: {} }, null],
  ['text has none', 'hello', null],
]

for (const [says, body, usage] of others) {
  test(`other answers: ${says}`, () => {
    expect(usageOfOther(body)).toEqual(usage === null ? null : { ...unknown, ...usage })
  })
}
