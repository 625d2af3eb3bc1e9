import { bodyOnly, restOfAnswer, wordOf } from '../../conversation/answer.ts'
import type { Answer, Choice, Finish } from '../../conversation/conversation.ts'
import { isObject, textAt } from '../../conversation/json.ts'
import { isNone, isTextOrNone, otherMessage, rest } from '../../conversation/part.ts'
import { finishOf, silent } from '../../conversation/turn.ts'
import type { ArgumentTexts } from '../dialect.ts'
import { readContent } from './content.ts'
import { usageOf } from './usage.ts'

/** A generation as it is told whole, to an answer. A prompt that was refused has no candidates, and so no choices. */
export function readAnswer(body: unknown, texts: ArgumentTexts = {}): Answer {
  if (!isObject(body)) return bodyOnly(body)
  const { candidates } = body
  const isTold = Array.isArray(candidates)
  return {
    model: textAt(body, 'modelVersion'),
    id: textAt(body, 'responseId'),
    choices: isTold
      ? candidates.map((told, index) => readCandidate(told, `/candidates/${index}`, texts))
      : [],
    usage: usageOf(body),
    extra: restOfAnswer(body, ['modelVersion', 'responseId'], isTold ? ['candidates'] : []),
  }
}

const candidateFields = new Set(['content', 'finishReason'])

function readCandidate(candidate: unknown, at: string, texts: ArgumentTexts): Choice {
  if (!isObject(candidate) || !isTextOrNone(candidate['finishReason'])) {
    return { message: otherMessage('assistant', candidate, at), finish: null, finishReason: null, extra: {} }
  }
  const { content, finishReason } = candidate
  const message = isNone(content) ? silent(at) : readContent(content, `${at}/content`, 'assistant', texts)
  return {
    message: { ...message, role: 'assistant' },
    finish: finishOf(wordOf(finishReason, words), message.parts),
    finishReason: finishReason ?? null,
    extra: rest(candidate, candidateFields),
  }
}

const words: Readonly<Record<string, Finish>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'filter',
  RECITATION: 'filter',
  LANGUAGE: 'filter',
  BLOCKLIST: 'filter',
  PROHIBITED_CONTENT: 'filter',
  SPII: 'filter',
  IMAGE_SAFETY: 'filter',
  IMAGE_PROHIBITED_CONTENT: 'filter',
  IMAGE_RECITATION: 'filter',
  IMAGE_OTHER: 'filter',
  NO_IMAGE: 'filter',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  OTHER: 'error',
}
