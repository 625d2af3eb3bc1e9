import { at, listIn, type Said } from './ask.ts'
import type { DialectName } from '../../../src/dialect/dialect.ts'
import type { SseEvent } from '../../../src/wire/sse.ts'

/** What a whole reply says, and what a stream adds up to: only as much of a merger as a comparison needs. */
export const wholeSaid: Record<DialectName, (reply: unknown) => Said> = {
  'openai-chat': (reply) => ({
    thinking: '',
    text: text(at(reply, 'choices', 0, 'message', 'content')),
    calls: listIn(reply, 'choices', 0, 'message', 'tool_calls').map((call) => {
      const kind = at(call, 'type') === 'custom' ? 'custom' : 'function'
      return [
        text(at(call, kind, 'name')),
        text(at(call, kind, kind === 'custom' ? 'input' : 'arguments')),
      ] as const
    }),
    finish: at(reply, 'choices', 0, 'finish_reason'),
    usage: at(reply, 'usage'),
    id: at(reply, 'id'),
  }),
  'openai-responses': (reply) => {
    const items = listIn(reply, 'output')
    return {
      thinking: items.map((item) => text(at(item, 'summary', 0, 'text'))).join(''),
      text: items.map((item) => text(at(item, 'content', 0, 'text'))).join(''),
      calls: items
        .filter((item) => at(item, 'call_id') !== undefined)
        .map((item) => [text(at(item, 'name')), text(at(item, 'arguments') ?? at(item, 'input'))] as const),
      finish: at(reply, 'incomplete_details', 'reason') ?? at(reply, 'status'),
      usage: at(reply, 'usage'),
      id: at(reply, 'id'),
    }
  },
  anthropic: (reply) => {
    const blocks = listIn(reply, 'content')
    return {
      thinking: blocks.map((block) => text(at(block, 'thinking')) + text(at(block, 'signature'))).join(''),
      text: blocks.map((block) => text(at(block, 'text'))).join(''),
      calls: blocks
        .filter((block) => at(block, 'type') === 'tool_use')
        .map((block) => [text(at(block, 'name')), JSON.stringify(at(block, 'input'))] as const),
      finish: [at(reply, 'stop_reason'), at(reply, 'stop_sequence')],
      usage: at(reply, 'usage'),
      id: at(reply, 'id'),
    }
  },
  gemini: (reply) => geminiSaid([reply]),
}

export const streamSaid: Record<DialectName, (events: readonly SseEvent[]) => Said> = {
  'openai-chat': (events) => {
    const chunks = parsed(events.filter(({ data }) => data !== '[DONE]'))
    const deltas = chunks.map((chunk) => at(chunk, 'choices', 0, 'delta'))
    const calls = deltas.map((delta) => at(delta, 'tool_calls', 0)).filter((call) => call !== undefined)
    const field = (...path: readonly string[]) => calls.map((call) => text(at(call, ...path))).join('')
    const name = field('function', 'name') + field('custom', 'name')
    return {
      thinking: '',
      text: deltas.map((delta) => text(at(delta, 'content'))).join(''),
      calls: name === '' ? [] : [[name, field('function', 'arguments') + field('custom', 'input')]],
      finish: chunks.map((chunk) => at(chunk, 'choices', 0, 'finish_reason')).findLast((reason) => reason),
      usage: at(chunks.at(-1), 'usage'),
      id: at(chunks[0], 'id'),
    }
  },
  'openai-responses': (events) => {
    const all = parsed(events)
    const deltas = (kind: string) => all.filter((event) => at(event, 'type') === `response.${kind}.delta`)
    const joined = (kind: string) =>
      deltas(kind)
        .map((event) => text(at(event, 'delta')))
        .join('')
    const final = at(all.at(-1), 'response')
    const called = joined('function_call_arguments') + joined('custom_tool_call_input')
    const item = all.map((event) => at(event, 'item')).find((each) => at(each, 'call_id') !== undefined)
    return {
      ...wholeSaid['openai-responses'](final),
      thinking: joined('reasoning_summary_text'),
      text: joined('output_text'),
      calls: item === undefined ? [] : [[text(at(item, 'name')), called]],
    }
  },
  anthropic: (events) => {
    const all = parsed(events)
    const joined = (field: string) => all.map((event) => text(at(event, 'delta', field))).join('')
    const ending = all.find((event) => at(event, 'type') === 'message_delta')
    const tool = all
      .map((event) => at(event, 'content_block'))
      .find((block) => at(block, 'type') === 'tool_use')
    return {
      thinking: joined('thinking') + joined('signature'),
      text: joined('text'),
      calls: tool === undefined ? [] : [[text(at(tool, 'name')), joined('partial_json')]],
      finish: [at(ending, 'delta', 'stop_reason'), at(ending, 'delta', 'stop_sequence')],
      usage: { ...Object(at(all[0], 'message', 'usage')), ...Object(at(ending, 'usage')) },
      id: at(all[0], 'message', 'id'),
    }
  },
  gemini: (events) => geminiSaid(parsed(events)),
}

function geminiSaid(chunks: readonly unknown[]): Said {
  const parts = chunks.flatMap((chunk) => listIn(chunk, 'candidates', 0, 'content', 'parts'))
  const isThought = (part: unknown) => at(part, 'thought') === true
  return {
    thinking: parts
      .map((part) => (isThought(part) ? text(at(part, 'text')) : text(at(part, 'thoughtSignature'))))
      .join(''),
    text: parts.map((part) => (isThought(part) ? '' : text(at(part, 'text')))).join(''),
    calls: parts
      .filter((part) => at(part, 'functionCall') !== undefined)
      .map(
        (part) =>
          [text(at(part, 'functionCall', 'name')), JSON.stringify(at(part, 'functionCall', 'args'))] as const,
      ),
    finish: at(chunks.at(-1), 'candidates', 0, 'finishReason'),
    usage: at(chunks.at(-1), 'usageMetadata'),
    id: at(chunks[0], 'responseId'),
  }
}

function parsed(events: readonly SseEvent[]): readonly unknown[] {
  return events.map(({ data }): unknown => JSON.parse(data))
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
