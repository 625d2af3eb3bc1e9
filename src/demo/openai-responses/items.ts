import { reasoningAsked } from './read.ts'
import { idOf, signatureOf } from '../random.ts'
import type { Call } from '../tool.ts'
import type { Data } from '../frame.ts'
import type { Text } from '../text.ts'
import type { Turn } from '../turn.ts'

/** The items of a Responses answer: as they start, as they end, and the text that makes the difference. */
export type Item = {
  readonly kind: 'reasoning' | 'message' | 'function_call' | 'custom_tool_call'
  readonly id: string
  readonly started: Data
  readonly whole: Data
  readonly text: Text
  /** Of a call, the name of its function. */
  readonly name: string | null
}

export function toItems(turn: Turn): readonly Item[] {
  const [answer] = turn.answers
  const status = answer.finish === 'length' || answer.finish === 'filter' ? 'incomplete' : 'completed'
  const reasoning = turn.prompt.thinking ? [toReasoning(turn, answer.thinking)] : []
  return [
    ...reasoning,
    toMessage(turn, answer.text, status),
    ...answer.calls.map((call, at) => toCall(turn, call, at)),
  ]
}

/** The text stays empty unless a summary was asked for, but its tokens were thought, and are counted. */
function toReasoning(turn: Turn, thinking: Text): Item {
  const { summary, encrypted } = reasoningAsked(turn.body)
  const id = `rs_${idOf(turn.seed, 'reasoning', 50, 16)}`
  const secret = encrypted ? { encrypted_content: signatureOf(turn.seed, 'encrypted') } : {}
  const started = { id, type: 'reasoning', ...secret, summary: [] }
  const text: Text = summary ? thinking : { tokens: 0, pieces: () => [] }
  const parts = text.tokens === 0 ? [] : [{ type: 'summary_text', text }]
  return { kind: 'reasoning', id, started, whole: { ...started, summary: parts }, text, name: null }
}

function toMessage(turn: Turn, text: Text, status: string): Item {
  const id = `msg_${idOf(turn.seed, 'message', 50, 16)}`
  const started = { id, type: 'message', status: 'in_progress', content: [], role: 'assistant' }
  const content = [{ type: 'output_text', annotations: [], logprobs: [], text }]
  return { kind: 'message', id, started, whole: { ...started, status, content }, text, name: null }
}

function toCall(turn: Turn, call: Call, at: number): Item {
  const isCustom = call.kind === 'custom'
  const kind = isCustom ? 'custom_tool_call' : 'function_call'
  const id = `${isCustom ? 'ctc' : 'fc'}_${idOf(turn.seed, `item ${at}`, 50, 16)}`
  const field = isCustom ? 'input' : 'arguments'
  const shared = { id, type: kind, call_id: `call_${idOf(turn.seed, `call ${at}`, 24)}`, name: call.name }
  const started = { ...shared, status: 'in_progress', [field]: '' }
  const whole = { ...shared, status: 'completed', [field]: call.text }
  return { kind, id, started, whole, text: call.text, name: call.name }
}
