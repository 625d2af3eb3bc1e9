import { dialects } from '../../src/dialect/index.ts'
import type { DialectName } from '../../src/dialect/dialect.ts'
import { compile, type Policy } from '../../src/guard/policy.ts'
import type { AnswerOf, Finding, Order, Step, Stop } from '../../src/judge/answer.ts'
import { createAnswerJudge } from '../../src/judge/held.ts'
import { concatenate, type Bytes } from '../../src/wire/body.ts'

/** Answers of every dialect that say the same, and what leaves of them under an order. */
export type Said =
  | { readonly kind: 'text'; readonly pieces: readonly string[] }
  | { readonly kind: 'thinking'; readonly pieces: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly pieces: readonly string[] }

export type Way = { readonly escaped?: boolean; readonly end?: string; readonly form?: 'events' | 'elements' }

export function policyOf(text: string): Policy {
  const compiled = compile(text)
  if (compiled.kind === 'policy') return compiled.policy
  throw new Error(compiled.problems.map(({ message }) => message).join('; '))
}

export function orderOf(text: string, more: Partial<Order> = {}): Order {
  const defaults = { name: 'order', action: 'block', mode: 'hold', onError: 'block', input: {} } as const
  return { ...defaults, policy: policyOf(text), ...more }
}

/** The answer as this dialect streams it, one event for each piece. */
export function answerIn(dialect: DialectName, said: readonly Said[], way: Way = {}): string {
  const { escaped = false, end = dialect === 'gemini' ? '\r\n' : '\n', form = 'events' } = way
  const data = events[dialect](said).map((event) => toJson(event, escaped))
  if (form === 'elements') return `[${data.join(`${end},${end}`)}]${end}`
  const framed = data.map((text) => {
    const type = /^\{"type":"([^"]+)"/.exec(text)?.[1]
    return `${type === undefined ? '' : `event: ${type}${end}`}data: ${text}${end}${end}`
  })
  return `${framed.join('')}${dialect === 'openai-chat' ? `data: [DONE]${end}${end}` : ''}`
}

/** Letters of what is said become escapes, which mean the same. */
function toJson(value: unknown, escaped: boolean): string {
  const text = JSON.stringify(value)
  if (!escaped) return text
  return text.replace(
    /"(?:text|thinking|content|delta|partial_json|arguments|reasoning_content|command)":"((?:[^"\\]|\\.)*)"/g,
    (all, told: string) => (told === '' ? all : all.slice(0, -told.length - 1) + escape(told) + '"'),
  )
}

function escape(told: string): string {
  return told.replace(/\\.|[a-z0-9]/g, (unit) =>
    unit.length > 1 ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

type Events = (said: readonly Said[]) => readonly unknown[]

const chat: Events = (said) => {
  const chunk = (choice: object) => ({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, finish_reason: null, ...choice }],
  })
  let calls = 0
  const deltas = said.flatMap((part): object[] => {
    if (part.kind === 'text') return part.pieces.map((content) => ({ content }))
    if (part.kind === 'thinking') return part.pieces.map((reasoning_content) => ({ reasoning_content }))
    const index = calls++
    return [
      {
        tool_calls: [
          { index, id: `call_${index}`, type: 'function', function: { name: part.name, arguments: '' } },
        ],
      },
      ...part.pieces.map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]
  })
  return [
    chunk({ delta: { role: 'assistant', content: '' } }),
    ...deltas.map((delta) => chunk({ delta })),
    chunk({ delta: {}, finish_reason: calls > 0 ? 'tool_calls' : 'stop' }),
  ]
}

const anthropic: Events = (said) => [
  {
    type: 'message_start',
    message: {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  },
  ...said.flatMap((part, index) => {
    const delta = (fields: object) => ({ type: 'content_block_delta', index, delta: fields })
    const start = (content_block: object) => ({ type: 'content_block_start', index, content_block })
    const stop = { type: 'content_block_stop', index }
    if (part.kind === 'text') {
      return [
        start({ type: 'text', text: '' }),
        ...part.pieces.map((text) => delta({ type: 'text_delta', text })),
        stop,
      ]
    }
    if (part.kind === 'thinking') {
      return [
        start({ type: 'thinking', thinking: '', signature: '' }),
        ...part.pieces.map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: 'c2VhbA==' }),
        stop,
      ]
    }
    return [
      start({ type: 'tool_use', id: `call_${index}`, name: part.name, input: {} }),
      ...part.pieces.map((partial_json) => delta({ type: 'input_json_delta', partial_json })),
      stop,
    ]
  }),
  {
    type: 'message_delta',
    delta: {
      stop_reason: said.some(({ kind }) => kind === 'call') ? 'tool_use' : 'end_turn',
      stop_sequence: null,
    },
    usage: { output_tokens: 9 },
  },
  { type: 'message_stop' },
]

const responses: Events = (said) => {
  const response = {
    id: 'r',
    object: 'response',
    created_at: 1,
    status: 'in_progress',
    model: 'm',
    output: [] as unknown[],
  }
  const items: unknown[] = []
  const events = said.flatMap((part, output_index): object[] => {
    const text = part.pieces.join('')
    const item_id = `i${output_index}`
    const at = { item_id, output_index }
    if (part.kind === 'call') {
      const call = {
        type: 'function_call',
        id: item_id,
        call_id: `call_${output_index}`,
        name: part.name,
        arguments: text,
      }
      items.push(call)
      return [
        { type: 'response.output_item.added', output_index, item: { ...call, arguments: '' } },
        ...part.pieces.map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
        { type: 'response.function_call_arguments.done', ...at, arguments: text },
        { type: 'response.output_item.done', output_index, item: call },
      ]
    }
    const isText = part.kind === 'text'
    const inPart = isText ? { ...at, content_index: 0 } : { ...at, summary_index: 0 }
    const [name, partName] = isText
      ? ['output_text', 'content_part']
      : ['reasoning_summary_text', 'reasoning_summary_part']
    const whole = isText ? { type: 'output_text', text, annotations: [] } : { type: 'summary_text', text }
    const item = isText
      ? { type: 'message', id: item_id, role: 'assistant', content: [whole] }
      : { type: 'reasoning', id: item_id, summary: [whole] }
    items.push(item)
    return [
      {
        type: 'response.output_item.added',
        output_index,
        item: { ...item, ...(isText ? { content: [] } : { summary: [] }) },
      },
      { type: `response.${partName}.added`, ...inPart, part: { ...whole, text: '' } },
      ...part.pieces.map((delta) => ({ type: `response.${name}.delta`, ...inPart, delta })),
      { type: `response.${name}.done`, ...inPart, text },
      { type: `response.${partName}.done`, ...inPart, part: whole },
      { type: 'response.output_item.done', output_index, item },
    ]
  })
  return [
    { type: 'response.created', response },
    ...events,
    { type: 'response.completed', response: { ...response, status: 'completed', output: items } },
  ]
}

const gemini: Events = (said) => {
  const chunk = (parts: readonly object[], more: object = {}) => ({
    candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
    modelVersion: 'm',
  })
  const parts = said.flatMap((part): object[] => {
    if (part.kind === 'text') return part.pieces.map((text) => ({ text }))
    if (part.kind === 'thinking') return part.pieces.map((text) => ({ text, thought: true }))
    return [{ functionCall: { name: part.name, args: JSON.parse(part.pieces.join('')) } }]
  })
  return [...parts.map((part) => chunk([part])), chunk([{ text: '' }], { finishReason: 'STOP' })]
}

const events: Readonly<Record<DialectName, Events>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  anthropic,
  gemini,
}

export type Left = {
  readonly text: string
  readonly bytes: Uint8Array
  readonly findings: readonly Finding[]
  readonly stop: Stop | null
  readonly after: readonly Finding[]
  /** How much had left after each read. */
  readonly lefts: readonly number[]
}

export type Run = Partial<AnswerOf> & { readonly ticks?: boolean; readonly how?: 'complete' | 'cut' }

/** What leaves for the client of an answer that comes in these reads. */
export async function judged(
  dialect: DialectName,
  reads: Iterable<Uint8Array>,
  orders: readonly Order[],
  run: Run = {},
): Promise<Left> {
  const { ticks = false, how = 'complete', ...more } = run
  const judge = createAnswerJudge({ dialect, encoding: '', isStream: true, orders, request: null, ...more })
  const out: Uint8Array[] = []
  const waiting: Uint8Array[] = []
  const findings: Finding[] = []
  const lefts: number[] = []
  let stop: Stop | null = null
  let leftBytes = 0
  const apply = (step: Step): void => {
    findings.push(...step.findings)
    for (const move of step.moves) {
      const came = takeFrom(waiting, move.bytes)
      const left = move.kind === 'pass' ? came : move.by
      leftBytes += left.length
      out.push(left)
    }
    stop ??= step.stop
    lefts.push(leftBytes)
  }
  for (const read of reads) {
    waiting.push(read)
    apply(await judge.take(new Uint8Array(read)))
    if (ticks) apply(await judge.tick())
  }
  apply(await judge.end(how))
  const after = await judge.after()
  const bytes = new Uint8Array(Buffer.concat(out))
  return { text: new TextDecoder().decode(bytes), bytes, findings, stop, after, lefts }
}

function takeFrom(waiting: Uint8Array[], count: number): Uint8Array {
  const all = Buffer.concat(waiting)
  if (count > all.length) throw new Error(`${count} bytes were moved, ${all.length} had come`)
  waiting.splice(0, waiting.length, all.subarray(count))
  return all.subarray(0, count)
}

/** The answer that a reader of this dialect makes of what left. */
export function readLeft(dialect: DialectName, text: string) {
  const merge = dialects[dialect].merge()
  for (const frame of text.split(/\r?\n\r?\n/)) {
    const data = frame
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart())
      .join('\n')
    const event = /^event: ?(.*)$/m.exec(frame)?.[1]
    if (data !== '') merge.add({ event, data })
  }
  const reply = merge.finish()
  return { reply, answer: dialects[dialect].readAnswer(reply.body, reply.argumentTexts) }
}

/** An answer that is here as a whole. `body` is what the client may have instead; null: what came. */
export async function judgeWhole(of: AnswerOf, bytes: Bytes): Promise<Whole> {
  const judge = createAnswerJudge(of)
  const steps = [await judge.take(bytes), await judge.end('complete')]
  const moves = steps.flatMap((step) => step.moves)
  const isSame = moves.every(({ kind }) => kind === 'pass')
  let at = 0
  const parts = moves.map((move) => {
    const came = bytes.subarray(at, (at += move.bytes))
    return move.kind === 'pass' ? came : move.by
  })
  return {
    findings: steps.flatMap(({ findings }) => findings),
    stop: steps.map(({ stop }) => stop).find((stop) => stop !== null) ?? null,
    body: isSame ? null : concatenate(parts),
  }
}

type Whole = Pick<Step, 'findings' | 'stop'> & { readonly body: Bytes | null }
