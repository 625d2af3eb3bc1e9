import { bodyOnly, restOfAnswer } from '../../conversation/answer.ts'
import type { Answer, Choice, Finish } from '../../conversation/conversation.ts'
import { isObject, objectAt, textAt } from '../../conversation/json.ts'
import type { JsonObject } from '../../conversation/json.ts'
import { finishOf, joinAnswer } from '../../conversation/turn.ts'
import { readItem } from './items.ts'
import { usageOf } from './usage.ts'

/** A response as it is told whole, to an answer of one choice: all its items are one message. */
export function readAnswer(body: unknown): Answer {
  if (!isObject(body)) return bodyOnly(body)
  const { output } = body
  const isTold = Array.isArray(output)
  return {
    model: textAt(body, 'model'),
    id: textAt(body, 'id'),
    choices: isTold ? [readChoice(body, output)] : [],
    usage: usageOf(body),
    extra: restOfAnswer(body, ['model', 'id'], isTold ? ['output'] : []),
  }
}

/** `status` and `incomplete_details` stay fields of the answer, whose state they are. */
function readChoice(body: JsonObject, output: readonly unknown[]): Choice {
  const message = joinAnswer(
    output.map((item, index) => readItem(item, `/output/${index}`)),
    '/output',
  )
  const finishReason = textAt(objectAt(body, 'incomplete_details'), 'reason') ?? textAt(body, 'status')
  return {
    message,
    finish: finishOf(finishReason === null ? null : (words.get(finishReason) ?? null), message.parts),
    finishReason,
    extra: {},
  }
}

/** A status that is not here is no end: the response is queued, or goes on. */
const words = new Map<string, Finish>([
  ['completed', 'stop'],
  ['max_output_tokens', 'length'],
  ['content_filter', 'filter'],
  ['incomplete', 'other'],
  ['cancelled', 'other'],
  ['failed', 'error'],
])
