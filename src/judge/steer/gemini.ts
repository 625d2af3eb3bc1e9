import { objectsAt, textAt, type JsonObject } from '../../conversation/json.ts'
import { indexOf } from '../../dialect/gemini/schema.ts'
import type { Close } from './steer.ts'

/** Each candidate that has not finished says the message, and stops. */
export function createGeminiClose(): Close {
  const candidates = new Map<number, boolean>()
  return {
    left: (told) => {
      for (const candidate of objectsAt(told, 'candidates')) {
        const isFinished = textAt(candidate, 'finishReason') !== null
        candidates.set(indexOf(candidate), isFinished || (candidates.get(indexOf(candidate)) ?? false))
      }
    },
    close: (message, { modelVersion, responseId }) => {
      const open = [...candidates].filter(([, isFinished]) => !isFinished).map(([index]) => index)
      const indexes = candidates.size === 0 ? [0] : open
      const text = candidates.size === 0 ? message : `\n\n${message}`
      const told = { candidates: indexes.map((index) => candidateOf(text, index)), modelVersion, responseId }
      return [{ data: JSON.stringify(told) }]
    },
  }
}

function candidateOf(text: string, index: number): JsonObject {
  return { content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index }
}

export function wholeGemini(message: string): JsonObject {
  return { candidates: [candidateOf(message, 0)] }
}
