import { dataOnly, named } from './told.ts'
import type { Event, Fields, Told } from './told.ts'

/** OpenAI's Responses. */

const created = {
  id: 'resp_1',
  object: 'response',
  status: 'in_progress',
  model: 'wide',
  output: [],
  usage: null,
}
const item = { id: 'm', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
const final = {
  ...created,
  status: 'completed',
  output: [
    {
      ...item,
      status: 'completed',
      content: [{ type: 'output_text', text: 'as the end says', annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 20,
    input_tokens_details: { cached_tokens: 8 },
    output_tokens: 6,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 26,
  },
}

function started(...events: readonly Event[]): string {
  return named(
    { type: 'response.created', response: created },
    { type: 'response.in_progress', response: created },
    ...events,
  )
}

function event(name: string, fields: Fields): Event {
  return { type: `response.${name}`, output_index: 0, ...fields }
}

function partly(...output: readonly Fields[]): Fields {
  return { ...created, output }
}

const text = [
  event('output_item.added', { item }),
  event('content_part.added', { content_index: 0, part: { type: 'output_text', text: '', annotations: [] } }),
  event('output_text.delta', {
    content_index: 0,
    item_id: 'm',
    delta: 'response.',
    logprobs: [{ token: 'a' }],
  }),
  event('output_text.delta', {
    content_index: 0,
    item_id: 'x',
    delta: 'completed 🙂',
    logprobs: [{ token: 'b' }],
  }),
  event('output_text.annotation.added', { content_index: 0, annotation_index: 0, annotation: { url: 'u' } }),
]
const told = {
  type: 'output_text',
  text: 'response.completed 🙂',
  annotations: [{ url: 'u' }],
  logprobs: [{ token: 'a' }, { token: 'b' }],
}

export const openAiResponsesStreams: readonly Told[] = [
  {
    name: 'the terminal event is the answer, word for word, whatever came before it',
    text: started(...text, { type: 'response.completed', response: final }),
    reply: {
      body: final,
      ending: 'complete',
      model: 'wide',
      usage: { input: 20, cachedInput: 8, cacheWrite: null, output: 6, reasoning: 2 },
      error: null,
      unknownEvents: {},
    },
  },
  {
    name: 'events without names and a [DONE] behind them are read',
    text: dataOnly(
      { type: 'response.created', response: created },
      { type: 'response.completed', response: final },
      '[DONE]',
    ),
    reply: { body: final, ending: 'complete', unknownEvents: {} },
  },
  {
    name: 'an incomplete response has been told whole',
    text: started({ type: 'response.incomplete', response: { ...final, status: 'incomplete' } }),
    reply: { body: { ...final, status: 'incomplete' }, ending: 'complete' },
  },
  {
    name: 'a failed response is an error with its answer',
    text: started({
      type: 'response.failed',
      response: { ...created, status: 'failed', error: { code: 'x' } },
    }),
    reply: {
      body: { ...created, status: 'failed', error: { code: 'x' } },
      ending: 'error',
      error: { code: 'x' },
    },
  },
  {
    name: 'an error event is told, and the failed response behind it is kept',
    text: started(
      { type: 'error', error: { code: 'insufficient_quota' } },
      { type: 'response.failed', response: { ...created, status: 'failed' } },
    ),
    reply: { body: { ...created, status: 'failed' }, ending: 'error', error: { code: 'insufficient_quota' } },
  },
  {
    name: 'an error event may be flat',
    text: started(...text, { type: 'error', code: 'c', message: 'm', param: null }),
    reply: {
      ending: 'error',
      error: { type: 'error', code: 'c', message: 'm', param: null },
      body: partly({ ...item, content: [told] }),
    },
  },
  {
    name: 'without a terminal event the answer is what the events had told',
    text: started(...text),
    reply: { body: partly({ ...item, content: [told] }), ending: 'cut', usage: null },
  },
  {
    name: 'items and parts told again when they are done replace their pieces',
    text: started(
      ...text,
      event('output_text.done', { content_index: 0, text: 'done', logprobs: [] }),
      event('content_part.done', { content_index: 0, part: { type: 'output_text', text: 'part done' } }),
      event('output_item.done', {
        output_index: 2,
        item: { type: 'reasoning', summary: [], encrypted_content: 'e' },
      }),
    ),
    reply: {
      body: partly(
        { ...item, content: [{ type: 'output_text', text: 'part done' }] },
        { type: 'reasoning', summary: [], encrypted_content: 'e' },
      ),
    },
  },
  {
    name: 'parents that nobody announced are made',
    text: named(
      event('reasoning_summary_text.delta', { summary_index: 0, delta: 'th' }),
      event('reasoning_summary_text.delta', { summary_index: 0, delta: 'ink' }),
      event('reasoning_text.delta', { content_index: 0, delta: 'raw' }),
      event('refusal.delta', { output_index: 1, content_index: 0, delta: 'no' }),
      event('refusal.delta', { output_index: 1, content_index: 1_000_000_000, delta: 'far' }),
      event('output_text.delta', { output_index: 2_000_000_000, content_index: 0, delta: 'farther' }),
    ),
    reply: {
      ending: 'cut',
      body: {
        object: 'response',
        status: 'in_progress',
        output: [
          {
            type: 'reasoning',
            summary: [{ type: 'summary_text', text: 'think' }],
            content: [{ type: 'reasoning_text', text: 'raw' }],
          },
          {
            type: 'message',
            status: 'in_progress',
            role: 'assistant',
            content: [
              { type: 'refusal', refusal: 'no' },
              { type: 'refusal', refusal: 'far' },
            ],
          },
          {
            type: 'message',
            status: 'in_progress',
            role: 'assistant',
            content: [{ type: 'output_text', text: 'farther', annotations: [] }],
          },
        ],
      },
    },
  },
  {
    name: 'tool calls of every kind grow, and say how far they have come',
    text: started(
      event('output_item.added', { item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '' } }),
      event('function_call_arguments.delta', { delta: '{"a":  1' }),
      event('function_call_arguments.delta', { delta: '.0}' }),
      event('custom_tool_call_input.delta', { output_index: 1, delta: 'ls' }),
      event('code_interpreter_call_code.delta', { output_index: 2, delta: 'print(' }),
      event('code_interpreter_call.interpreting', { output_index: 2 }),
      event('mcp_call_arguments.done', { output_index: 3, arguments: '{}' }),
      event('apply_patch_call_operation_diff.delta', { output_index: 4, delta: '+a' }),
      event('shell_call_command.added', { output_index: 5, command_index: 0, command: '' }),
      event('shell_call_command.delta', { output_index: 5, command_index: 0, delta: 'echo' }),
      event('shell_call_command.done', { output_index: 5, command_index: 1, command: 'date' }),
      event('shell_call_output_content.delta', {
        output_index: 6,
        command_index: 0,
        delta: { stdout: 'he' },
      }),
      event('shell_call_output_content.delta', {
        output_index: 6,
        command_index: 0,
        delta: { stdout: 'llo' },
      }),
      event('image_generation_call.partial_image', {
        output_index: 7,
        partial_image_index: 0,
        partial_image_b64: 'QQ',
      }),
      event('image_generation_call.generating', { output_index: 7 }),
      event('mcp_list_tools.failed', { output_index: 8 }),
    ),
    reply: {
      body: partly(
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":  1.0}' },
        { type: 'custom_tool_call', status: 'in_progress', input: 'ls' },
        { type: 'code_interpreter_call', status: 'interpreting', code: 'print(' },
        { type: 'mcp_call', status: 'in_progress', arguments: '{}' },
        { type: 'apply_patch_call', status: 'in_progress', operation: { diff: '+a' } },
        { type: 'shell_call', status: 'in_progress', action: { commands: ['echo', 'date'] } },
        { type: 'shell_call_output', status: 'in_progress', output: [{ stdout: 'hello' }] },
        {
          type: 'image_generation_call',
          status: 'generating',
          partial_images: [{ partial_image_index: 0, partial_image_b64: 'QQ' }],
        },
        { type: 'mcp_list_tools', status: 'failed' },
      ),
      unknownEvents: {},
    },
  },
  {
    name: 'unknown events are counted, what they say of an item is kept, keep-alives are nothing',
    text: started(
      event('dream.delta', { delta: 'z' }),
      { type: 'keepalive' },
      { type: 'weather' },
      event('dream.delta', {}),
    ),
    reply: {
      unknownEvents: { 'response.dream.delta': 2, weather: 1 },
      body: partly({ type: 'dream', status: 'in_progress', dream: 'z' }),
    },
  },
]
