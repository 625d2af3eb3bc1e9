import type { DialectName } from '../../../src/dialect/dialect.ts'
import { dataOnly, named, withCrlf } from './told.ts'
import type { Event, Fields, Told } from './told.ts'

/** What providers can send that few do: a stream for each, as their references tell it. */

function chunk(delta: Fields, more: Fields = {}, top: Fields = {}): Fields {
  return { id: 'c', model: 'small', choices: [{ index: 0, delta, finish_reason: null, ...more }], ...top }
}

function completion(message: Fields, more: Fields = {}, top: Fields = {}): Fields {
  const told = { role: 'assistant', content: null, ...message }
  const choices = [{ index: 0, message: told, finish_reason: 'stop', ...more }]
  return { id: 'c', object: 'chat.completion', model: 'small', choices, ...top }
}

const stop = chunk({}, { finish_reason: 'stop' })
const odds = (token: string, logprob: number): Fields => ({ token, logprob, bytes: [65], top_logprobs: [] })
const filter = { hate: { filtered: false, severity: 'safe' } }

const chat: readonly Told[] = [
  {
    name: 'sound grows with its text, and keeps its id and when it expires',
    text: dataOnly(
      chunk({ role: 'assistant', audio: { id: 'a', transcript: 'Hel' } }),
      chunk({ audio: { data: 'AAAA' } }),
      chunk({ audio: { transcript: 'lo', data: 'BBBB' } }),
      chunk({ audio: { expires_at: 7 } }),
      stop,
      '[DONE]',
    ),
    reply: {
      body: completion({ audio: { id: 'a', transcript: 'Hello', data: 'AAAABBBB', expires_at: 7 } }),
    },
  },
  {
    name: 'odds that begin with the first chunk are not doubled, refusals have theirs',
    text: dataOnly(
      chunk({ content: 'A' }, { logprobs: { content: [odds('A', -0.5)], refusal: null } }),
      chunk({ content: 'B' }, { logprobs: { content: [odds('B', -2)], refusal: [] } }),
      chunk({ refusal: 'C' }, { logprobs: { content: null, refusal: [odds('C', -1)] } }),
      stop,
      '[DONE]',
    ),
    reply: {
      body: completion(
        { content: 'AB', refusal: 'C' },
        { logprobs: { content: [odds('A', -0.5), odds('B', -2)], refusal: [odds('C', -1)] } },
      ),
    },
  },
  {
    name: 'Azure tells the filters of the prompt first, without an id, and those of the text last',
    text: dataOnly(
      { id: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0, results: filter }] },
      chunk({ role: 'assistant', content: 'A' }, { content_filter_results: filter }),
      chunk({}, { finish_reason: 'stop', content_filter_offsets: { end_offset: 1 } }),
      '[DONE]',
    ),
    reply: {
      body: completion(
        { content: 'A' },
        { content_filter_results: filter, content_filter_offsets: { end_offset: 1 } },
        { prompt_filter_results: [{ prompt_index: 0, results: filter }] },
      ),
    },
  },
]

const base = { id: 'r', object: 'response', status: 'in_progress', output: [] }

function event(name: string, output_index: number, fields: Fields): Event {
  return { type: `response.${name}`, output_index, ...fields }
}

const responses: readonly Told[] = [
  {
    name: 'calls that the provider runs itself are kept as far as they came',
    text: named(
      { type: 'response.created', response: base },
      event('output_item.added', 0, { item: { type: 'code_interpreter_call', code: '' } }),
      event('code_interpreter_call_code.delta', 0, { delta: 'print(' }),
      event('code_interpreter_call_code.delta', 0, { delta: '1)' }),
      event('code_interpreter_call.interpreting', 0, {}),
      event('output_item.added', 1, { item: { type: 'mcp_list_tools', tools: [] } }),
      event('mcp_list_tools.failed', 1, {}),
      event('output_item.added', 2, { item: { type: 'image_generation_call', status: 'in_progress' } }),
      event('image_generation_call.partial_image', 2, { partial_image_index: 0, partial_image_b64: 'AA' }),
      event('image_generation_call.partial_image', 2, { partial_image_index: 1, partial_image_b64: 'BB' }),
      event('file_search_call.searching', 3, { item_id: 'f' }),
    ),
    reply: {
      ending: 'cut',
      unknownEvents: {},
      body: {
        ...base,
        output: [
          { type: 'code_interpreter_call', code: 'print(1)', status: 'interpreting' },
          { type: 'mcp_list_tools', tools: [], status: 'failed' },
          {
            type: 'image_generation_call',
            status: 'in_progress',
            partial_images: [
              { partial_image_index: 0, partial_image_b64: 'AA' },
              { partial_image_index: 1, partial_image_b64: 'BB' },
            ],
          },
          { type: 'file_search_call', status: 'searching' },
        ],
      },
    },
  },
]

const message = { id: 'm', type: 'message', role: 'assistant', model: 'wise', content: [] }

const anthropic: readonly Told[] = [
  {
    name: 'hidden thinking, a refusal with its reason, a container and edits of the context are kept',
    text: named(
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: { type: 'redacted_thinking', data: 'x' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: {
          stop_reason: 'refusal',
          stop_sequence: null,
          stop_details: { type: 'refusal', category: 'cyber' },
          container: { id: 'c' },
        },
        context_management: { applied_edits: [{ type: 'clear_tool_uses', cleared_tool_uses: 2 }] },
        usage: { output_tokens: 3, server_tool_use: { web_search_requests: 1 } },
      },
      { type: 'message_stop' },
    ),
    reply: {
      ending: 'complete',
      body: {
        ...message,
        content: [{ type: 'redacted_thinking', data: 'x' }],
        stop_reason: 'refusal',
        stop_sequence: null,
        stop_details: { type: 'refusal', category: 'cyber' },
        container: { id: 'c' },
        context_management: { applied_edits: [{ type: 'clear_tool_uses', cleared_tool_uses: 2 }] },
        usage: { output_tokens: 3, server_tool_use: { web_search_requests: 1 } },
      },
    },
  },
]

function candidate(index: number, parts: readonly Fields[], more: Fields = {}): Fields {
  return { index, content: { parts, role: 'model' }, ...more }
}

const run = { executableCode: { language: 'PYTHON', code: 'print(1)' } }
const result = { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1\n' } }
const chosen = (token: string): Fields => ({ chosenCandidates: [{ token, logProbability: -0.5 }] })

const gemini: readonly Told[] = [
  {
    name: 'candidates told in one chunk each have their own code, odds and sources',
    text: withCrlf(
      dataOnly(
        { candidates: [candidate(0, [run]), candidate(1, [{ text: 'b' }], { logprobsResult: chosen('b') })] },
        {
          candidates: [
            candidate(1, [{ text: 'c' }], { logprobsResult: chosen('c'), finishReason: 'STOP' }),
            candidate(0, [result, { text: 'a', thoughtSignature: 's' }], {
              finishReason: 'STOP',
              groundingMetadata: { webSearchQueries: ['q'] },
            }),
          ],
        },
      ),
    ),
    reply: {
      ending: 'complete',
      body: {
        candidates: [
          candidate(0, [run, result, { text: 'a', thoughtSignature: 's' }], {
            finishReason: 'STOP',
            groundingMetadata: { webSearchQueries: ['q'] },
          }),
          candidate(1, [{ text: 'bc' }], {
            logprobsResult: {
              chosenCandidates: [
                { token: 'b', logProbability: -0.5 },
                { token: 'c', logProbability: -0.5 },
              ],
            },
            finishReason: 'STOP',
          }),
        ],
      },
    },
  },
  {
    name: 'an answer that its provider stops says why, and what it said before stays',
    text: withCrlf(
      dataOnly(
        { candidates: [candidate(0, [{ text: 'a' }])] },
        {
          candidates: [{ index: 0, finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'no such tool' }],
        },
      ),
    ),
    reply: {
      ending: 'complete',
      body: {
        candidates: [
          candidate(0, [{ text: 'a' }], {
            finishReason: 'MALFORMED_FUNCTION_CALL',
            finishMessage: 'no such tool',
          }),
        ],
      },
    },
  },
]

export const featureStreams: Readonly<Record<DialectName, readonly Told[]>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  anthropic,
  gemini,
}
