import { done, type Data, type Frame } from '../frame.ts'
import { idOf } from '../random.ts'
import { objectAt, valueAt } from '../json.ts'
import type { Answer, Finish } from '../answer.ts'
import type { Call } from '../tool.ts'
import type { Turn } from '../turn.ts'

/** Chat completions: the whole answer, and the chunks that add up to it. */
export function whole(turn: Turn): Data {
  return {
    ...envelope(turn, 'chat.completion'),
    choices: turn.answers.map((answer, index) => ({
      index,
      message: {
        role: 'assistant',
        content: answer.text,
        ...(answer.calls.length > 0 && {
          tool_calls: answer.calls.map((call, at) => toolCall(turn, call, [index, at])),
        }),
        refusal: null,
      },
      logprobs: null,
      finish_reason: finishes[answer.finish],
    })),
    usage: usage(turn),
  }
}

/** The answers take turns, token by token, as they do where several are generated at once. */
export function* frames(turn: Turn): Iterable<Frame> {
  const options = objectAt(turn.body, 'stream_options')
  const withUsage = valueAt(options, 'include_usage') === true
  const obfuscated = valueAt(options, 'include_obfuscation') !== false
  let running = turn.answers.map((answer, index) => choiceFrames(turn, answer, index)[Symbol.iterator]())
  while (running.length > 0) {
    const results = running.map((iterator) => ({ iterator, result: iterator.next() }))
    running = results.filter(({ result }) => result.done !== true).map(({ iterator }) => iterator)
    for (const { result } of results) {
      if (result.done === true) continue
      const { kind, choice } = result.value
      const noise = kind === 'token' && obfuscated ? idOf(turn.seed, JSON.stringify(choice), 12) : undefined
      const data = {
        ...envelope(turn, 'chat.completion.chunk'),
        choices: [choice],
        ...(withUsage && { usage: null }),
      }
      yield { kind, data: { ...data, obfuscation: noise } }
    }
  }
  const data = { ...envelope(turn, 'chat.completion.chunk'), choices: [], usage: usage(turn) }
  if (withUsage) yield { kind: 'close', data }
  yield { kind: 'end', data: done }
}

type ChoiceFrame = {
  readonly kind: Frame['kind']
  readonly choice: { readonly [key: string]: Data | undefined }
}

function* choiceFrames(turn: Turn, answer: Answer, index: number): Iterable<ChoiceFrame> {
  const choice = (kind: Frame['kind'], delta: Data, finish: string | null = null): ChoiceFrame => ({
    kind,
    choice: { index, delta, logprobs: null, finish_reason: finish },
  })
  yield choice('open', { role: 'assistant', content: '', refusal: null })
  for (const content of answer.text.pieces()) yield choice('token', { content })
  for (const [at, call] of answer.calls.entries()) {
    const empty = toolCall(turn, { ...call, text: { tokens: 0, pieces: () => [] } }, [index, at])
    yield choice('token', { tool_calls: [{ index: at, ...empty }] })
    for (const piece of call.text.pieces()) {
      const part = call.kind === 'custom' ? { custom: { input: piece } } : { function: { arguments: piece } }
      yield choice('token', { tool_calls: [{ index: at, ...part }] })
    }
  }
  yield choice('close', {}, finishes[answer.finish])
}

function envelope(turn: Turn, object: string) {
  return {
    id: `chatcmpl-${idOf(turn.seed, 'chat', 29)}`,
    object,
    created: Math.floor(turn.createdMs / 1000),
    model: turn.model,
    service_tier: 'default',
    system_fingerprint: `fp_${idOf(0, turn.model, 10, 16)}`,
  }
}

function toolCall(turn: Turn, call: Call, [choice, at]: readonly [number, number]) {
  const id = `call_${idOf(turn.seed, `call ${choice} ${at}`, 24)}`
  if (call.kind === 'custom') return { id, type: 'custom', custom: { name: call.name, input: call.text } }
  return { id, type: 'function', function: { name: call.name, arguments: call.text } }
}

function usage({ usage }: Turn) {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.thinking,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

const finishes: Record<Finish, string> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  filter: 'content_filter',
}
