import type { Answer, Choice, Finish, Message } from '../../conversation/conversation.ts'
import { isObject, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { isTextOrNone, textPart } from '../../conversation/part.ts'
import { bodyOnly, restOfAnswer, wordOf } from '../../conversation/answer.ts'
import { finishOf } from '../../conversation/turn.ts'
import type { ArgumentTexts } from '../dialect.ts'
import { readBlocks } from './content.ts'
import { usageOf } from './usage.ts'

/** A message as it is told whole, to an answer of one choice. */
export function readAnswer(body: unknown, texts: ArgumentTexts = {}): Answer {
  if (!isObject(body)) return bodyOnly(body)
  const choice = readChoice(body, texts)
  return {
    model: textAt(body, 'model'),
    id: textAt(body, 'id'),
    choices: choice === undefined ? [] : [choice],
    usage: usageOf(body),
    extra: restOfAnswer(body, ['model', 'id'], choice === undefined ? [] : choiceFields),
  }
}

const choiceFields = ['role', 'content', 'completion', 'stop_reason', 'stop_sequence', 'stop_details']

function readChoice(body: JsonObject, texts: ArgumentTexts): Choice | undefined {
  const { role, content, completion, stop_reason } = body
  if (!isTextOrNone(role) || !isTextOrNone(stop_reason)) return undefined
  const isOld = typeof completion === 'string'
  if (!isOld && !Array.isArray(content) && typeof content !== 'string') return undefined
  const told = isOld
    ? { parts: [textPart(completion, '/completion')], isPlain: true }
    : readBlocks(content, '/content', texts)
  const message: Message = { role: 'assistant', roleText: role ?? '', ...told, at: '', extra: {} }
  const extra: JsonObject = {}
  for (const key of ['stop_sequence', 'stop_details']) if (body[key] !== undefined) extra[key] = body[key]
  return {
    message,
    finish: finishOf(wordOf(stop_reason, words), message.parts),
    finishReason: stop_reason ?? null,
    extra,
  }
}

const words: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  pause_turn: 'pause',
  refusal: 'refusal',
}
