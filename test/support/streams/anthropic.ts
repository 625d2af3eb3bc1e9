import { named, withCrlf } from './told.ts'
import type { Event, Fields, Told } from './told.ts'

/** Anthropic's messages. */

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'wise',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 10, output_tokens: 1 },
}
const start = { type: 'message_start', message }
const stop = { type: 'message_stop' }
const delta = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { output_tokens: 42, output_tokens_details: { thinking_tokens: 30 } },
}

function block(index: number, content_block: Fields, ...deltas: readonly Fields[]): Event[] {
  return [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((each) => ({ type: 'content_block_delta', index, delta: each })),
    { type: 'content_block_stop', index },
  ]
}

function stream(...events: readonly Event[]): string {
  return named(start, { type: 'ping' }, ...events, delta, stop)
}

function body(...content: readonly Fields[]): Fields {
  return {
    ...message,
    content,
    stop_reason: 'end_turn',
    usage: { ...message.usage, output_tokens: 42, output_tokens_details: { thinking_tokens: 30 } },
  }
}

const text = block(0, { type: 'text', text: '' }, ...['Caf', 'é 🙂 ', 'message_stop'].map(textDelta))
const textBody = body({ type: 'text', text: 'Café 🙂 message_stop' })

function textDelta(piece: string): Fields {
  return { type: 'text_delta', text: piece }
}

function json(partial_json: string): Fields {
  return { type: 'input_json_delta', partial_json }
}

export const anthropicStreams: readonly Told[] = [
  {
    name: 'A1, A4: characters stay whole, and the reason to stop is part of the message',
    text: stream(...text),
    reply: {
      body: textBody,
      ending: 'complete',
      model: 'wise',
      usage: { input: 115, cachedInput: 100, cacheWrite: 10, output: 42, reasoning: 30 },
      error: null,
      unknownEvents: {},
    },
  },
  {
    name: 'A2: CRLF is read',
    text: withCrlf(stream(...text)),
    reply: { body: textBody, ending: 'complete' },
  },
  {
    name: 'events without a name, and names without a space, are read',
    text: stream(...text)
      .replaceAll(/event: (content_block_delta|message_stop)\n/g, '')
      .replaceAll('event: ', 'event:'),
    reply: { body: textBody, ending: 'complete' },
  },
  {
    name: 'A3: thinking, its signature, and citations are kept',
    text: stream(
      ...block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'let me ' },
        { type: 'thinking_delta', thinking: 'see' },
        { type: 'signature_delta', signature: 'EqQB' },
      ),
      ...block(1, { type: 'redacted_thinking', data: 'Zm9v' }),
      ...block(2, { type: 'text', text: '', citations: null }, textDelta('so'), {
        type: 'citations_delta',
        citation: { cited_text: 'x' },
      }),
    ),
    reply: {
      body: body(
        { type: 'thinking', thinking: 'let me see', signature: 'EqQB' },
        { type: 'redacted_thinking', data: 'Zm9v' },
        { type: 'text', text: 'so', citations: [{ cited_text: 'x' }] },
      ),
      unknownEvents: {},
    },
  },
  {
    name: 'A5: tool input is an object, and its text is kept byte for byte beside it',
    text: stream(
      ...block(
        0,
        { type: 'tool_use', id: 't', name: 'f', input: {} },
        json(''),
        json('{"a":  1.0'),
        json(', "b": "\\u00e9"}'),
      ),
    ),
    reply: {
      body: body({ type: 'tool_use', id: 't', name: 'f', input: { a: 1, b: 'é' } }),
      argumentTexts: { '/content/0/input': '{"a":  1.0, "b": "\\u00e9"}' },
    },
  },
  {
    name: 'A6: a call without arguments has an empty object',
    text: stream(...block(0, { type: 'tool_use', id: 't', name: 'f', input: {} }, json(''))),
    reply: { body: body({ type: 'tool_use', id: 't', name: 'f', input: {} }), argumentTexts: {} },
  },
  {
    name: 'A7: server tools, their results, and input that came whole are kept',
    text: stream(
      ...block(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }, json('{"query":"x"}')),
      ...block(1, { type: 'web_search_tool_result', tool_use_id: 's', content: [{ url: 'u' }] }),
      ...block(2, { type: 'mcp_tool_use', id: 'm', name: 'g', server_name: 'h', input: { whole: true } }),
    ),
    reply: {
      body: body(
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [{ url: 'u' }] },
        { type: 'mcp_tool_use', id: 'm', name: 'g', server_name: 'h', input: { whole: true } },
      ),
    },
  },
  {
    name: 'A8: blocks out of order, far apart, never started, or started twice lose nothing',
    text: stream(
      ...block(7, { type: 'text', text: '' }, textDelta('late')),
      ...block(0, { type: 'text', text: '' }, textDelta('first')),
      { type: 'content_block_delta', index: 3, delta: textDelta('unstarted') },
      ...block(0, { type: 'text', text: '' }, textDelta('second')),
    ),
    reply: {
      body: body(
        { type: 'text', text: 'first' },
        { type: 'text', text: 'second' },
        { type: 'text', text: 'unstarted' },
        { type: 'text', text: 'late' },
      ),
    },
  },
  {
    name: 'A11: an error within the stream is told, and what came before it is kept',
    text: named(start, ...text, {
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
    }),
    reply: {
      ending: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
      body: { ...message, content: [{ type: 'text', text: 'Café 🙂 message_stop' }] },
      // What the message started with is no count of the answer.
      usage: { input: 115, cachedInput: 100, cacheWrite: 10, output: null, reasoning: null },
    },
  },
  {
    name: 'A12: data over several lines is one event, and padding is nothing',
    text: stream(...text)
      .replaceAll(',"index"', ',\ndata: "index"')
      .replaceAll('}\n', '}     \n'),
    reply: { body: textBody, ending: 'complete' },
  },
  {
    name: 'a stream that stops early is cut, and arguments half told are read as far as they go',
    text: named(
      start,
      ...block(
        0,
        { type: 'tool_use', id: 't', name: 'f', input: {} },
        json('{"a": [1, {"b": "c"}, "d'),
        json('e'),
      ),
    ),
    reply: {
      ending: 'cut',
      body: {
        ...message,
        content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: [1, { b: 'c' }] } }],
      },
      argumentTexts: { '/content/0/input': '{"a": [1, {"b": "c"}, "de' },
    },
  },
  {
    name: 'arguments that are no JSON stay beside the input the call started with',
    text: stream(...block(0, { type: 'tool_use', id: 't', name: 'f', input: {} }, json('<a>'))),
    reply: {
      body: body({ type: 'tool_use', id: 't', name: 'f', input: {} }),
      argumentTexts: { '/content/0/input': '<a>' },
    },
  },
  {
    name: 'unknown deltas, blocks, events and fields are kept or counted',
    text: stream(
      ...block(
        0,
        { type: 'dream' },
        { type: 'dream_delta', dream: 'of ' },
        { type: 'dream_delta', dream: 'sheep' },
      ),
      ...block(1, { type: 'compaction', content: null }, { type: 'compaction_delta', content: 'short' }),
      {
        type: 'message_delta',
        delta: { container: { id: 'c' } },
        usage: { odd: { n: 1 } },
        context_management: {},
      },
      { type: 'weather', sky: 'blue' },
    ),
    reply: {
      body: {
        ...body({ type: 'dream', dream: 'of sheep' }, { type: 'compaction', content: 'short' }),
        container: { id: 'c' },
        context_management: {},
        usage: {
          ...message.usage,
          output_tokens: 42,
          output_tokens_details: { thinking_tokens: 30 },
          odd: { n: 1 },
        },
      },
      unknownEvents: { dream_delta: 2, weather: 1 },
    },
  },
  {
    name: 'a message that starts whole is whole, and a fallback changes who answers',
    text: named(
      { type: 'message_start', message: { ...message, content: [{ type: 'text', text: 'all' }] } },
      ...block(1, { type: 'fallback', from: { model: 'wise' }, to: { model: 'wiser' } }),
      { ...stop, 'amazon-bedrock-invocationMetrics': { inputTokenCount: 5 } },
    ),
    reply: {
      ending: 'complete',
      model: 'wiser',
      body: {
        ...message,
        model: 'wiser',
        content: [
          { type: 'text', text: 'all' },
          { type: 'fallback', from: { model: 'wise' }, to: { model: 'wiser' } },
        ],
        'amazon-bedrock-invocationMetrics': { inputTokenCount: 5 },
      },
    },
  },
]
