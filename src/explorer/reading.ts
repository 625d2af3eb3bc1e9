import type { DialectName } from '../dialect/dialect.ts'
import { referenceLines } from '../trace/reference.ts'
import { formatBytes } from './format.ts'
import {
  contentOf,
  fields,
  list,
  other,
  type Part,
  printed,
  type Said,
  text,
  textPart,
  thinkingPart,
} from './said.ts'

/** Where each dialect keeps what was said. */
type Reading = {
  readonly request: (body: unknown) => readonly Said[]
  readonly reply: (body: unknown) => readonly Said[]
}

const readings: Readonly<Record<DialectName, Reading>> = {
  'openai-chat': {
    request: (body) => list(fields(body)['messages']).map(chatMessage),
    reply: (body) => list(fields(body)['choices']).map((choice) => chatMessage(fields(choice)['message'])),
  },
  'openai-responses': {
    request: (body) => [
      ...saidIf('system', textPart(fields(body)['instructions'])),
      ...responsesItems(fields(body)['input']),
    ],
    reply: (body) => responsesItems(fields(body)['output']),
  },
  anthropic: {
    request: (body) => [
      ...saidIf('system', contentOf(fields(body)['system'], anthropicPart)),
      ...list(fields(body)['messages']).map(anthropicMessage),
    ],
    reply: (body) => saidIf('assistant', contentOf(fields(body)['content'], anthropicPart)),
  },
  gemini: {
    request: (body) => {
      const { systemInstruction, system_instruction, contents } = fields(body)
      return [
        ...saidIf('system', geminiParts(systemInstruction ?? system_instruction)),
        ...list(contents).map((content) => geminiContent(content, 'user')),
      ]
    },
    reply: (body) =>
      list(fields(body)['candidates']).map((one) => geminiContent(fields(one)['content'], 'assistant')),
  },
}

export function readRequest(dialect: DialectName | null, body: unknown): readonly Said[] {
  return referred('user', body) ?? (dialect === null ? [] : readings[dialect].request(body).filter(hasParts))
}

export function readReply(dialect: DialectName | null, body: unknown): readonly Said[] {
  return (
    referred('assistant', body) ?? (dialect === null ? [] : readings[dialect].reply(body).filter(hasParts))
  )
}

/** A body that is no text, by what it was. */
function referred(role: string, body: unknown): readonly Said[] | null {
  const lines = referenceLines(body, formatBytes)
  return lines === null ? null : [{ role, parts: textPart(lines.join('\n')) }]
}

function hasParts({ parts }: Said): boolean {
  return parts.length > 0
}

function saidIf(role: string, parts: readonly Part[]): readonly Said[] {
  return [{ role, parts }]
}

function chatMessage(message: unknown): Said {
  const { role, content, tool_calls, tool_call_id, reasoning_content, reasoning, refusal } = fields(message)
  const parts = contentOf(content, (part) => {
    const isText = fields(part)['type'] === 'text'
    return isText ? textPart(fields(part)['text']) : [other(part)]
  })
  if (role === 'tool') {
    const result = parts.map((part) => (part.kind === 'text' ? part.text : printed(part))).join('\n')
    return { role: 'tool', parts: [{ kind: 'result', name: text(tool_call_id), text: result }] }
  }
  const calls = list(tool_calls).map((call): Part => {
    const called = fields(fields(call)['function'] ?? fields(call)['custom'])
    return { kind: 'call', name: text(called['name']), text: printed(called['arguments'] ?? called['input']) }
  })
  const thoughts = thinkingPart(reasoning_content ?? reasoning)
  return { role: roleOf(role, 'assistant'), parts: [...thoughts, ...parts, ...textPart(refusal), ...calls] }
}

function responsesItems(input: unknown): readonly Said[] {
  if (typeof input === 'string') return [{ role: 'user', parts: textPart(input) }]
  return list(input).map(responsesItem)
}

function responsesItem(item: unknown): Said {
  const { type, role, content, name, call_id, output, summary } = fields(item)
  switch (type ?? 'message') {
    case 'message':
      return { role: roleOf(role, 'assistant'), parts: contentOf(content, responsesPart) }
    case 'function_call':
    case 'custom_tool_call': {
      const given = fields(item)['arguments'] ?? fields(item)['input']
      return { role: 'assistant', parts: [{ kind: 'call', name: text(name), text: printed(given) }] }
    }
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'tool', parts: [{ kind: 'result', name: text(call_id), text: printed(output) }] }
    case 'reasoning': {
      const thoughts = [...list(summary), ...list(content)].map((part) => text(fields(part)['text']))
      return { role: 'assistant', parts: thinkingPart(thoughts.join('\n\n')) }
    }
    default:
      return { role: roleOf(role, 'assistant'), parts: [other(item)] }
  }
}

function responsesPart(part: unknown): readonly Part[] {
  const said = fields(part)
  return typeof said['text'] === 'string' ? textPart(said['text']) : [other(part)]
}

function anthropicMessage(message: unknown): Said {
  const { role, content } = fields(message)
  const parts = contentOf(content, anthropicPart)
  const isResult = parts.length > 0 && parts.every(({ kind }) => kind === 'result')
  return { role: isResult ? 'tool' : roleOf(role, 'user'), parts }
}

function anthropicPart(part: unknown): readonly Part[] {
  const { type, text: said, thinking, name, input, content, tool_use_id } = fields(part)
  if (type === 'text') return textPart(said)
  if (type === 'thinking') return thinkingPart(thinking)
  if (type === 'tool_use') return [{ kind: 'call', name: text(name), text: printed(input) }]
  if (type !== 'tool_result') return [other(part)]
  const texts =
    typeof content === 'string' ? [content] : list(content).map((one) => fields(one)['text'] ?? printed(one))
  return [{ kind: 'result', name: text(tool_use_id), text: texts.join('\n') }]
}

function geminiContent(content: unknown, usual: string): Said {
  return { role: roleOf(fields(content)['role'], usual), parts: geminiParts(content) }
}

function geminiParts(content: unknown): readonly Part[] {
  if (typeof content === 'string') return textPart(content)
  return list(fields(content)['parts']).flatMap((part): readonly Part[] => {
    const { text: said, thought, functionCall, functionResponse } = fields(part)
    if (typeof said === 'string') return thought === true ? thinkingPart(said) : textPart(said)
    const { name, args, response } = fields(functionCall ?? functionResponse)
    if (functionCall !== undefined) return [{ kind: 'call', name: text(name), text: printed(args) }]
    if (functionResponse === undefined) return [other(part)]
    return [{ kind: 'result', name: text(name), text: printed(response) }]
  })
}

function roleOf(role: unknown, usual: string): string {
  if (role === 'model') return 'assistant'
  if (role === 'developer') return 'system'
  return text(role) || usual
}
