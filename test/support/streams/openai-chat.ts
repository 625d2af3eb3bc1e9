import { dataOnly, withCrlf } from './told.ts'
import type { Fields, Told } from './told.ts'

/** Chat completions: OpenAI's own and what providers that copy it send. */

const top = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 5, model: 'small' }

function chunk(delta: Fields, more: Fields = {}): Fields {
  return { ...top, choices: [{ index: 0, delta, finish_reason: null, ...more }] }
}

function stream(...deltas: readonly Fields[]): string {
  return dataOnly(...deltas.map((delta) => chunk(delta)), chunk({}, { finish_reason: 'stop' }), '[DONE]')
}

function completion(message: Fields, more: Fields = {}): Fields {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 5,
    model: 'small',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, ...message },
        finish_reason: 'stop',
        ...more,
      },
    ],
  }
}

function call(id: string, name: string, text: string): Fields {
  return { id, type: 'function', function: { name, arguments: text } }
}

const hello = [{ role: 'assistant', content: '' }, { content: 'Grüße 🙂 ' }, { content: 'data: [DONE]' }]
const helloBody = completion({ content: 'Grüße 🙂 data: [DONE]' })

export const openAiChatStreams: readonly Told[] = [
  {
    name: 'O1, O2, O3: text with characters of four bytes and with marks of the format is kept',
    text: stream(...hello),
    reply: {
      body: helloBody,
      ending: 'complete',
      model: 'small',
      usage: null,
      error: null,
      unknownEvents: {},
    },
  },
  {
    name: 'O4: CRLF, comments, ids, and data without a space are read',
    text: withCrlf(`: waiting\n\nid: 7\nretry: 10\n${stream(...hello).replaceAll('data: {', 'data:{')}`),
    reply: { body: helloBody, ending: 'complete' },
  },
  {
    name: 'O4: lines that end with a carriage return alone are read',
    text: stream(...hello).replaceAll('\n', '\r'),
    reply: { body: helloBody, ending: 'complete' },
  },
  {
    name: 'JSON over several data lines is one event',
    text: stream(...hello).replaceAll('"choices":', '\ndata: "choices":'),
    reply: { body: helloBody, ending: 'complete' },
  },
  {
    name: 'a last event without its blank line is told if it is whole',
    text: stream(...hello).trimEnd(),
    reply: { body: helloBody, ending: 'complete' },
  },
  {
    name: 'a stream without [DONE] is complete once every choice has its reason',
    text: stream(...hello).replace('data: [DONE]\n\n', ''),
    reply: { body: helloBody, ending: 'complete' },
  },
  {
    name: 'nothing behind [DONE] is read',
    text: stream(...hello) + dataOnly(chunk({ content: 'too late' }), '[DONE]'),
    reply: { body: helloBody, ending: 'complete', unknownEvents: {} },
  },
  {
    name: 'O5: usage is kept, a later null takes nothing back, and noise is no part of the answer',
    text: dataOnly(
      { ...chunk({ content: 'a' }, { finish_reason: 'stop' }), obfuscation: 'xyz', usage: null },
      {
        ...top,
        choices: [],
        usage: {
          prompt_tokens: 10,
          completion_tokens: 7,
          total_tokens: 17,
          prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      },
      { ...top, choices: [], usage: null },
      '[DONE]',
    ),
    reply: {
      usage: { input: 10, cachedInput: 4, cacheWrite: 2, output: 7, reasoning: 3 },
      body: {
        ...completion({ content: 'a' }),
        usage: {
          prompt_tokens: 10,
          completion_tokens: 7,
          total_tokens: 17,
          prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      },
    },
  },
  {
    name: 'O6: refusal, reasoning, audio, annotations, a function call and logprobs are joined',
    text: dataOnly(
      { ...chunk({ role: 'assistant', refusal: 'I ', reasoning_content: 'be' }), system_fingerprint: 'fp' },
      chunk({ refusal: 'cannot', reasoning_content: 'cause', channel: 'analysis' }),
      chunk({ audio: { id: 'au', data: 'QUJD', transcript: 'he' }, channel: 'analysis' }),
      chunk({ audio: { data: 'REVG', transcript: 'llo', expires_at: 9 }, annotations: [{ url: 'a' }] }),
      chunk({ annotations: [{ url: 'b' }], function_call: { name: 'f', arguments: '{"a"' } }),
      chunk(
        { function_call: { arguments: ': 1}' } },
        { logprobs: { content: [{ token: 'x' }], refusal: null } },
      ),
      {
        ...chunk({}, { finish_reason: 'stop', logprobs: { content: [{ token: 'y' }] } }),
        service_tier: 'flex',
      },
      '[DONE]',
    ),
    reply: {
      body: {
        ...completion(
          {
            refusal: 'I cannot',
            reasoning_content: 'because',
            channel: 'analysis',
            audio: { id: 'au', data: 'QUJDREVG', transcript: 'hello', expires_at: 9 },
            annotations: [{ url: 'a' }, { url: 'b' }],
            function_call: { name: 'f', arguments: '{"a": 1}' },
          },
          { logprobs: { content: [{ token: 'x' }, { token: 'y' }], refusal: null } },
        ),
        system_fingerprint: 'fp',
        service_tier: 'flex',
      },
    },
  },
  {
    name: 'O7, O8: custom and function calls are told apart, without their index, with their text as it came',
    text: stream(
      { tool_calls: [{ index: 1, id: 'b', type: 'custom', custom: { name: 'sh', input: 'ls ' } }] },
      { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":  1.0,' } }] },
      {
        tool_calls: [
          { index: 1, custom: { input: '-l' } },
          { index: 0, function: { arguments: ' "y": 2e1}' } },
        ],
      },
      { tool_calls: [{ index: 0, id: '', type: '', function: { name: null, arguments: '' } }] },
    ),
    reply: {
      body: completion({
        tool_calls: [
          call('a', 'f', '{"x":  1.0, "y": 2e1}'),
          { id: 'b', type: 'custom', custom: { name: 'sh', input: 'ls -l' } },
        ],
      }),
    },
  },
  {
    name: 'O9: calls without an index are told apart by id, and continued without one',
    text: stream(
      { tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } }] },
      { tool_calls: [{ function: { arguments: ':1}' } }] },
      { tool_calls: [{ id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }] },
      { tool_calls: [{ type: 'function', function: { name: 'h', arguments: '{}' } }] },
    ),
    reply: {
      body: completion({
        tool_calls: [
          call('a', 'f', '{"x":1}'),
          call('b', 'g', '{}'),
          { type: 'function', function: { name: 'h', arguments: '{}' } },
        ],
      }),
    },
  },
  {
    name: 'a new id at a used index is a new call, and calls may start at any index',
    text: stream(
      { tool_calls: [{ index: 9, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { tool_calls: [{ index: 9, id: 'b', type: 'function', function: { name: 'f', arguments: '[' } }] },
      { tool_calls: [{ index: 9, id: 'b', function: { arguments: ']' } }] },
    ),
    reply: { body: completion({ tool_calls: [call('a', 'f', '{}'), call('b', 'f', '[]')] }) },
  },
  {
    name: 'O10, O12: several choices stay apart, each with its own role',
    text: dataOnly(
      { ...top, choices: [{ index: 1, delta: { role: 'critic', content: 'B' } }] },
      {
        ...top,
        choices: [
          { index: 0, delta: { content: 'A' } },
          { index: 1, delta: { content: '2' } },
        ],
      },
      { ...top, choices: [{ index: 0, delta: { content: '1' }, finish_reason: 'stop' }] },
      { ...top, choices: [{ index: 1, delta: {}, finish_reason: 'length' }] },
      '[DONE]',
    ),
    reply: {
      body: {
        ...completion({}),
        choices: [
          { index: 0, message: { role: 'assistant', content: 'A1' }, finish_reason: 'stop' },
          { index: 1, message: { role: 'critic', content: 'B2' }, finish_reason: 'length' },
        ],
      },
    },
  },
  {
    name: 'O14: an error within the stream is told, and what came before it is kept',
    text:
      dataOnly(chunk({ content: 'Hel' })) + 'event: error\ndata: {"error":{"message":"no","code":400}}\n\n',
    reply: {
      ending: 'error',
      error: { message: 'no', code: 400 },
      body: completion({ content: 'Hel' }, { finish_reason: null }),
    },
  },
  {
    name: 'an error beside choices is told with the answer it ends',
    text: dataOnly(
      { ...chunk({ content: 'Hel' }), error: { code: 502 }, usage: { prompt_tokens: 3 } },
      '[DONE]',
    ),
    reply: {
      ending: 'error',
      error: { code: 502 },
      usage: { input: 3, cachedInput: null, cacheWrite: null, output: null, reasoning: null },
      body: { ...completion({ content: 'Hel' }, { finish_reason: null }), usage: { prompt_tokens: 3 } },
    },
  },
  {
    name: 'an error that is all there is leaves no answer',
    text: dataOnly({ object: 'error', message: 'busy', code: 503 }),
    reply: { ending: 'error', error: { object: 'error', message: 'busy', code: 503 }, body: null },
  },
  {
    name: 'a stream that stops early is cut, not complete',
    text: dataOnly(chunk({ content: 'Hel' })),
    reply: { ending: 'cut', body: completion({ content: 'Hel' }, { finish_reason: null }) },
  },
  {
    name: 'lists of content grow by type, and may be mixed with strings',
    text: stream(
      { content: '' },
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'I ' }], closed: false }] },
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'see' }], closed: true }] },
      {
        content: [
          { type: 'reference', reference_ids: [1] },
          { type: 'reference', reference_ids: [2] },
        ],
      },
      { content: [{ type: 'text', text: 'Yes' }] },
      { content: ', sir' },
    ),
    reply: {
      body: completion({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'I see' }], closed: true },
          { type: 'reference', reference_ids: [1] },
          { type: 'reference', reference_ids: [2] },
          { type: 'text', text: 'Yes, sir' },
        ],
      }),
    },
  },
  {
    name: 'details with an index grow by index and type, those without are new ones',
    text: stream(
      { reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'a', format: 'v1' }] },
      { reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'b', format: 'v1', signature: 's1' }] },
      { reasoning_details: [{ type: 'reasoning.encrypted', index: 0, data: 'QQ' }] },
      { reasoning_details: [{ type: 'reasoning.text', index: 0, signature: 's2' }, { text: 'new' }] },
    ),
    reply: {
      body: completion({
        reasoning_details: [
          { type: 'reasoning.text', index: 0, text: 'ab', format: 'v1', signature: 's2' },
          { type: 'reasoning.encrypted', index: 0, data: 'QQ' },
          { text: 'new' },
        ],
      }),
    },
  },
  {
    name: 'a message repeated beside each delta adds nothing to what the deltas said',
    text: dataOnly(
      chunk({ content: 'a' }, { message: { role: 'assistant', content: 'a' } }),
      chunk({ content: 'b' }, { message: { content: 'ab', extra: 1 }, finish_reason: 'stop' }),
    ),
    reply: { body: completion({ content: 'ab', extra: 1 }), ending: 'complete' },
  },
  {
    name: 'the first id stays, empty chunks are nothing, and what providers add is kept',
    text: dataOnly(
      { ...top, id: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
      { ...chunk({ content: 'a' }, { native_finish_reason: null }), x_groq: { id: 'req', seed: 1 } },
      { ...top, id: 'chatcmpl-2', choices: [{ index: 0 }], citations: ['x'] },
      { ...top, choices: null },
      { ...chunk({}, { finish_reason: 'stop', native_finish_reason: 'end' }), citations: ['x', 'y'] },
      { ...top, choices: [], x_groq: { usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 } } },
    ),
    reply: {
      usage: { input: 2, cachedInput: null, cacheWrite: null, output: 1, reasoning: null },
      body: {
        ...completion({ content: 'a' }, { native_finish_reason: 'end' }),
        prompt_filter_results: [{ prompt_index: 0 }],
        citations: ['x', 'y'],
        x_groq: { id: 'req', seed: 1, usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 } },
      },
    },
  },
]
