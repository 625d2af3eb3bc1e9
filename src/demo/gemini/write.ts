import { idOf, signatureOf } from '../random.ts'
import type { Data, Frame } from '../frame.ts'
import type { Finish } from '../answer.ts'
import type { Text } from '../text.ts'
import type { Turn } from '../turn.ts'

/** generateContent: the whole answer, and the chunks that add up to it, each with the counts so far. */
export function whole(turn: Turn): Data {
  const { thinking, output } = turn.usage
  const parts = [...textParts(turn), ...lastParts(turn)]
  return chunk(turn, { parts, finish: finishes[turn.answers[0].finish], thinking, spoken: output - thinking })
}

/** The last part comes with the finish reason, as on the real wire. */
export function* frames(turn: Turn): Iterable<Frame> {
  const [answer] = turn.answers
  let thinking = 0
  let spoken = 0
  let held: Data[] = []
  const flushed = (): Frame => ({
    kind: 'token',
    data: chunk(turn, { parts: held, finish: null, thinking, spoken }),
  })
  for (const text of answer.thinking.pieces()) {
    if (held.length > 0) yield flushed()
    thinking++
    held = [{ text, thought: true }]
  }
  for (const text of answer.text.pieces()) {
    if (held.length > 0) yield flushed()
    spoken++
    held = [{ text }]
  }
  for (const part of lastParts(turn)) {
    if (held.length > 0) yield flushed()
    held = [part]
  }
  const { usage } = turn
  const finish = finishes[answer.finish]
  const counts = { thinking: usage.thinking, spoken: usage.output - usage.thinking }
  yield { kind: 'end', data: chunk(turn, { parts: held, finish, ...counts }) }
}

function textParts(turn: Turn): readonly Data[] {
  const [{ thinking, text }] = turn.answers
  const part = (content: Text, marks: object): readonly Data[] =>
    content.tokens === 0 ? [] : [{ text: content, ...marks }]
  return [...part(thinking, { thought: true }), ...part(text, {})]
}

/** Calls, or an empty text that carries the signature of the thoughts, or one for want of anything to say. */
function lastParts(turn: Turn): readonly Data[] {
  const [answer] = turn.answers
  const signed = answer.thinking.tokens === 0 ? {} : { thoughtSignature: signatureOf(turn.seed, 'thought') }
  if (answer.calls.length > 0) {
    return answer.calls.map(({ name, value }, at) => ({
      functionCall: { name, args: value },
      ...(at === 0 && signed),
    }))
  }
  if (answer.thinking.tokens > 0) return [{ text: '', ...signed }]
  return answer.text.tokens === 0 ? [{ text: '' }] : []
}

type Counted = {
  readonly parts: readonly Data[]
  readonly finish: string | null
  readonly thinking: number
  /** Tokens of text and calls. */
  readonly spoken: number
}

function chunk(turn: Turn, { parts, finish, thinking, spoken }: Counted): Data {
  const { input, cached } = turn.usage
  const content = { parts, role: 'model' }
  return {
    candidates: [{ content, ...(finish !== null && { finishReason: finish }), index: 0 }],
    usageMetadata: {
      promptTokenCount: input,
      candidatesTokenCount: spoken,
      totalTokenCount: input + thinking + spoken,
      cachedContentTokenCount: cached,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
      ...(thinking > 0 && { thoughtsTokenCount: thinking }),
    },
    modelVersion: turn.model,
    responseId: idOf(turn.seed, 'response', 23),
  }
}

const finishes: Record<Finish, string> = {
  stop: 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  filter: 'SAFETY',
}
