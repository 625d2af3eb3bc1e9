import { idOf, signatureOf } from '../random.ts'
import type { Call } from '../tool.ts'
import type { Data, Frame } from '../frame.ts'
import type { Finish } from '../answer.ts'
import type { Text } from '../text.ts'
import type { Turn } from '../turn.ts'

/** Messages: the whole answer, and the events that add up to it. */
export function whole(turn: Turn): Data {
  const [answer] = turn.answers
  return {
    ...envelope(turn),
    content: toBlocks(turn).map((block) => block.whole),
    stop_reason: reasons[answer.finish],
    stop_sequence: answer.stopSequence,
    usage: usage(turn, turn.usage.output),
  }
}

export function* frames(turn: Turn): Iterable<Frame> {
  const [answer] = turn.answers
  const opening = {
    ...envelope(turn),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usage(turn, 1),
  }
  yield frame('open', 'message_start', { message: opening })
  for (const [index, block] of toBlocks(turn).entries()) {
    yield frame('open', 'content_block_start', { index, content_block: block.started })
    if (index === 0) yield frame('open', 'ping', {})
    for (const piece of block.text.pieces()) {
      const delta = { type: block.delta, [block.field]: piece }
      yield { ...frame('token', 'content_block_delta', { index, delta }), padding: (piece.length * 7) % 13 }
    }
    if (block.signature !== null) {
      const delta = { type: 'signature_delta', signature: block.signature }
      yield frame('open', 'content_block_delta', { index, delta })
    }
    yield frame('close', 'content_block_stop', { index })
  }
  const delta = { stop_reason: reasons[answer.finish], stop_sequence: answer.stopSequence }
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = usage(
    turn,
    turn.usage.output,
  )
  const counts = { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens }
  yield frame('close', 'message_delta', { delta, usage: counts })
  yield frame('end', 'message_stop', {})
}

type Block = {
  readonly started: Data
  readonly whole: Data
  readonly text: Text
  readonly delta: string
  readonly field: string
  readonly signature: string | null
}

function toBlocks(turn: Turn): readonly Block[] {
  const [answer] = turn.answers
  const thinking = answer.thinking.tokens === 0 ? [] : [thinkingBlock(answer.thinking, turn.seed)]
  const text = answer.text.tokens === 0 ? [] : [textBlock(answer.text)]
  return [...thinking, ...text, ...answer.calls.map((call, at) => callBlock(call, turn.seed, at))]
}

function thinkingBlock(text: Text, seed: number): Block {
  const signature = signatureOf(seed, 'thinking')
  return {
    started: { type: 'thinking', thinking: '', signature: '' },
    whole: { type: 'thinking', thinking: text, signature },
    text,
    delta: 'thinking_delta',
    field: 'thinking',
    signature,
  }
}

function textBlock(text: Text): Block {
  const type = 'text'
  const started = { type, text: '' }
  return { started, whole: { type, text }, text, delta: 'text_delta', field: 'text', signature: null }
}

function callBlock(call: Call, seed: number, at: number): Block {
  const shared = { type: 'tool_use', id: `toolu_01${idOf(seed, `call ${at}`, 22)}`, name: call.name }
  return {
    started: { ...shared, input: {} },
    whole: { ...shared, input: call.value },
    // The first piece is empty on the real wire.
    text: { tokens: call.text.tokens, pieces: () => ['', ...call.text.pieces()] },
    delta: 'input_json_delta',
    field: 'partial_json',
    signature: null,
  }
}

function envelope(turn: Turn) {
  return {
    model: turn.model,
    id: `msg_01${idOf(turn.seed, 'message', 22)}`,
    type: 'message',
    role: 'assistant',
  }
}

/** Cached tokens are not part of the input count in this dialect. */
function usage({ usage }: Turn, output: number) {
  return {
    input_tokens: usage.input - usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: 'standard',
  }
}

function frame(kind: Frame['kind'], type: string, data: { readonly [key: string]: Data }): Frame {
  return { kind, event: type, data: { type, ...data } }
}

const reasons: Record<Finish, string> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  filter: 'refusal',
}
