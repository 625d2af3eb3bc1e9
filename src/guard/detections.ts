import type { JsonObject } from '../conversation/json.ts'
import type { Detection, DetectorName } from './detector.ts'

/**
 * What detectors said of which text. The history of a conversation is judged again with every turn, so that answers
 * are kept across judgements; the oldest go when all texts together grow too long.
 */
export type Detections = {
  readonly get: (name: DetectorName, options: string, text: string) => Detection | undefined
  readonly set: (name: DetectorName, options: string, text: string, detection: Detection) => void
}

const defaultMostCharacters = 16 * 1024 * 1024

export function createDetections(mostCharacters = defaultMostCharacters): Detections {
  // By what is asked first, so that no key is a copy of its text.
  const asked = new Map<string, Map<string, Detection>>()
  const order: { question: string; text: string }[] = []
  let [characters, oldest] = [0, 0]
  const forget = (): void => {
    while (characters > mostCharacters && oldest < order.length) {
      const entry = order[oldest++]
      if (entry === undefined) return
      const texts = asked.get(entry.question)
      texts?.delete(entry.text)
      if (texts?.size === 0) asked.delete(entry.question)
      characters -= entry.text.length + entry.question.length
    }
    if (oldest > 1024 && oldest * 2 > order.length) oldest -= order.splice(0, oldest).length
  }
  return {
    get: (name, options, text) => asked.get(`${name} ${options}`)?.get(text),
    set: (name, options, text, detection) => {
      const question = `${name} ${options}`
      const texts = asked.get(question) ?? new Map<string, Detection>()
      asked.set(question, texts)
      if (!texts.has(text)) {
        order.push({ question, text })
        characters += text.length + question.length
      }
      texts.set(text, detection)
      forget()
    },
  }
}

/** Options as a key: the order in which a rule gives them does not matter. */
export function optionsKey(options: JsonObject): string {
  const keys = Object.keys(options).sort()
  return keys.length === 0 ? '' : JSON.stringify(keys.map((key) => [key, options[key]]))
}
