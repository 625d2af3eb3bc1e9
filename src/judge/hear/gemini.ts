import { isObject, objectAt, textAt, type JsonObject } from '../../conversation/json.ts'
import { indexOf, isPiece, isPlainText } from '../../dialect/gemini/schema.ts'
import { goesOn, nth, quiet, type Ear, type Heard, type Path, type Piece } from './heard.ts'

/** Candidates speak one beside the other, in parts; plain text that follows plain text is one part with it. */
export function createGeminiEar(): Ear {
  const candidates = new Map<number, Candidate>()
  const finished = new Set<number>()

  function hear(told: JsonObject, _type: string, size: number): Heard {
    const list = told['candidates']
    if (!Array.isArray(list)) {
      const isKnown = isObject(told['usageMetadata']) || isObject(told['promptFeedback'])
      return isKnown && !told['error'] ? quiet : { ...quiet, weight: size, isKnown: false }
    }
    const [heard, ...others] = list.flatMap((each, at) =>
      isObject(each) ? [ofCandidate(each, at, size)] : [],
    )
    return others.reduce(both, heard ?? quiet)
  }
  function ofCandidate(told: JsonObject, at: number, size: number): Heard {
    const index = indexOf(told)
    const candidate = candidates.get(index) ?? {
      speaker: String(index),
      parts: 0,
      last: null,
      isAtCall: false,
    }
    candidates.set(index, candidate)
    const content = objectAt(told, 'content')
    const parts = content?.['parts']
    const list = Array.isArray(parts) ? parts : []
    const [only] = list
    if (list.length === 1 && isObject(only) && isPlainText(only) && textAt(told, 'finishReason') === null) {
      const piece = ofPart(candidate, only, ['candidates', at, 'content', 'parts', 0])
      return piece === null ? quiet : goesOn(piece)
    }
    const heard = list.map((part, place) =>
      ofPart(candidate, part, ['candidates', at, 'content', 'parts', place]),
    )
    const isOdd = told['content'] !== undefined && parts !== undefined && !Array.isArray(parts)
    const isText = heard.every((piece) => piece?.is === 'next')
    const isEnd = textAt(told, 'finishReason') !== null
    if (isEnd) finished.add(index)
    return {
      ...quiet,
      pieces: heard.filter((piece) => piece !== null),
      opens: candidate.isAtCall ? [candidate.speaker] : quiet.opens,
      ends: isEnd || (!isText && !candidate.isAtCall) ? [candidate.speaker] : quiet.ends,
      weight: isOdd || !isText ? size : 0,
      isLast: isEnd && finished.size >= candidates.size,
    }
  }
  function channelAt(pointer: string): string | null {
    const [, place, part] =
      /^\/candidates\/(\d+)\/content\/parts\/(\d+)(?:\/text|\/functionCall(?:\/args)?)?$/.exec(pointer) ?? []
    const index = place === undefined ? undefined : nth(candidates.keys(), Number(place))
    return index === undefined ? null : `${index} ${part}`
  }
  /** Only the last part of a candidate goes on. */
  function callerAt(pointer: string): string | null {
    const [, place, part] = /^\/candidates\/(\d+)\/content\/parts\/(\d+)(?:\/|$)/.exec(pointer) ?? []
    const index = place === undefined ? undefined : nth(candidates.keys(), Number(place))
    const candidate = index === undefined ? undefined : candidates.get(index)
    return candidate === undefined || Number(part) !== candidate.parts - 1 ? null : candidate.speaker
  }
  return { hear, channelAt, callerAt }
}

/** `last`: what kind of text the last part is, null if it is none that goes on. */
type Candidate = {
  readonly speaker: string
  parts: number
  last: 'text' | 'thought' | null
  isAtCall: boolean
}

function ofPart(candidate: Candidate, part: unknown, path: Path): Piece | null {
  const { speaker } = candidate
  const call = isObject(part) ? objectAt(part, 'functionCall') : undefined
  if (call !== undefined) {
    const goesOn = candidate.isAtCall && textAt(call, 'name') === null
    if (!goesOn) candidate.parts++
    candidate.last = null
    const isWhole = !goesOn && !isPiece(call)
    candidate.isAtCall = call['willContinue'] === true
    if (!isWhole || call['args'] === undefined) return null
    const channel = `${speaker} ${candidate.parts - 1}`
    return { speaker, channel, path: [...path, 'functionCall', 'args'], text: '', is: 'value' }
  }
  const text = isObject(part) ? part['text'] : undefined
  if (!isObject(part) || typeof text !== 'string') {
    candidate.parts++
    candidate.last = null
    return null
  }
  const kind = isPlainText(part) ? (part['thought'] === true ? 'thought' : 'text') : null
  if (kind === null || kind !== candidate.last) candidate.parts++
  candidate.last = kind
  return { speaker, channel: `${speaker} ${candidate.parts - 1}`, path: [...path, 'text'], text, is: 'next' }
}

function both(one: Heard, other: Heard): Heard {
  return {
    ...quiet,
    pieces: [...one.pieces, ...other.pieces],
    opens: [...one.opens, ...other.opens],
    ends: [...one.ends, ...other.ends],
    weight: one.weight + other.weight,
    isLast: one.isLast || other.isLast,
  }
}
