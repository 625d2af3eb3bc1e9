import type { JsonObject } from '../conversation/json.ts'
import type { Detection, DetectorName } from './detector.ts'

/**
 * What detectors said of which text. The history of a conversation is judged again with every turn, so that answers
 * are kept across judgements, up to a number of them and to a size of all together. What was not asked for longest
 * goes first, roughly: there are two generations, and what is asked moves to the younger one.
 */
export type Detections = {
  readonly get: (name: DetectorName, options: string, text: string) => Detection | undefined
  readonly set: (name: DetectorName, options: string, text: string, detection: Detection) => void
}

export type Room = { readonly bytes: number; readonly entries: number }

const defaultRoom: Room = { bytes: 64 * 1024 * 1024, entries: 200_000 }

// By what is asked first, so that no key is a copy of its text.
type Generation = Map<string, Map<string, Detection>>

export function createDetections({ bytes, entries }: Room = defaultRoom): Detections {
  let young: Generation = new Map()
  let old: Generation = new Map()
  let [size, count] = [0, 0]

  function keep(question: string, text: string, detection: Detection): void {
    const weight = weigh(question, text, detection)
    // Half of the room for each generation: what is larger would push out all else.
    if (weight > bytes / 2 || entries < 2) return
    if (size + weight > bytes / 2 || count + 1 > entries / 2) {
      old = young
      young = new Map()
      size = 0
      count = 0
    }
    const texts = young.get(question) ?? new Map<string, Detection>()
    const before = texts.get(text)
    if (before !== undefined) {
      size -= weigh(question, text, before)
      count--
    }
    young.set(question, texts.set(text, detection))
    size += weight
    count++
  }

  return {
    get: (name, options, text) => {
      const question = `${name} ${options}`
      const known = young.get(question)?.get(text)
      if (known !== undefined) return known
      const older = old.get(question)?.get(text)
      if (older !== undefined) keep(question, text, older)
      return older
    },
    set: (name, options, text, detection) => keep(`${name} ${options}`, text, detection),
  }
}

/** About the memory that an entry takes. A string is counted at two bytes a character, the objects around it at what they take. */
function weigh(question: string, text: string, { findings, value }: Detection): number {
  return 200 + 2 * (text.length + question.length) + 100 * findings.length + weighValue(value)
}

function weighValue(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length
  if (typeof value !== 'object' || value === null) return 8
  // An embedding has thousands of numbers: written out they would be longer than they are.
  if (Array.isArray(value) && value.every((each) => typeof each === 'number')) return 8 * value.length
  return 4 * JSON.stringify(value).length
}

/** Who is asked, and with which options: the order in which a rule gives them does not matter. */
export function questionKey({ identity = '' }: { readonly identity?: string }, options: JsonObject): string {
  const keys = Object.keys(options).sort()
  return keys.length === 0 ? identity : identity + JSON.stringify(keys.map((key) => [key, options[key]]))
}
