import { expect, test } from 'bun:test'
import type { Usage } from '../../../src/conversation/usage.ts'
import type { DialectName } from '../../../src/dialect/dialect.ts'
import { dialects } from '../../../src/dialect/index.ts'

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
    { input: 15, cachedInput: 4, output: 5, reasoning: 2 },
  ],
  [
    'thoughts alone are an output',
    'gemini',
    { usageMetadata: { thoughtsTokenCount: 2 } },
    { output: 2, reasoning: 2 },
  ],
]

for (const [says, name, body, usage] of cases) {
  test(`${name}: ${says}`, () => {
    expect(dialects[name].whole(body).usage).toEqual(usage === null ? null : { ...unknown, ...usage })
  })
}

test('a body that is no object is handed on without model or usage', () => {
  for (const name of Object.values(dialects)) {
    for (const body of [null, 'text', [1], 7]) {
      expect(name.whole(body)).toMatchObject({ body, ending: 'complete', model: null, usage: null })
    }
  }
})
