import { bodyOnly, restOfAnswer, wordOf } from '../../conversation/answer.ts'
import type { Answer, Choice, Finish, Message } from '../../conversation/conversation.ts'
import { isObject, textAt } from '../../conversation/json.ts'
import { isNone, isTextOrNone, otherMessage, rest, textPart } from '../../conversation/part.ts'
import { finishOf, silent } from '../../conversation/turn.ts'
import { readMessage } from './message.ts'
import { usageOf } from './usage.ts'

/** A completion as it is told whole, of a chat or of old, to an answer. */
export function readAnswer(body: unknown): Answer {
  if (!isObject(body)) return bodyOnly(body)
  const { choices } = body
  const isTold = Array.isArray(choices)
  return {
    model: textAt(body, 'model'),
    id: textAt(body, 'id'),
    choices: isTold ? choices.map((choice, index) => readChoice(choice, `/choices/${index}`)) : [],
    usage: usageOf(body),
    extra: restOfAnswer(body, ['model', 'id'], isTold ? ['choices'] : []),
  }
}

const choiceFields = new Set(['message', 'finish_reason'])
const oldFields = new Set(['text', 'finish_reason'])

function readChoice(choice: unknown, at: string): Choice {
  if (!isObject(choice) || !isTextOrNone(choice['finish_reason'])) {
    return { message: otherMessage('assistant', choice, at), finish: null, finishReason: null, extra: {} }
  }
  const { message, text, finish_reason } = choice
  const isOld = message === undefined && typeof text === 'string'
  const read = isOld ? readText(text, at) : readSaid(message, at)
  return {
    message: read,
    finish: finishOf(wordOf(finish_reason, words), read.parts),
    finishReason: finish_reason ?? null,
    extra: rest(choice, isOld ? oldFields : choiceFields),
  }
}

function readText(text: string, at: string): Message {
  const parts = [textPart(text, `${at}/text`)]
  return { role: 'assistant', roleText: '', parts, isPlain: true, at, extra: {} }
}

/** Whatever role a server calls its own, an answer is the model's. */
function readSaid(message: unknown, at: string): Message {
  if (isNone(message)) return silent(at)
  return { ...readMessage(message, `${at}/message`, 'assistant'), role: 'assistant' }
}

const words: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'calls',
  function_call: 'calls',
  content_filter: 'filter',
  error: 'error',
  abort: 'error',
  insufficient_system_resource: 'error',
}
