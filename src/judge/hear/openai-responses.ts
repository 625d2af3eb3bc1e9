import { objectAt, objectsAt, textAt, type JsonObject } from '../../conversation/json.ts'
import { indexAt, parts, places, silent, statuses, terminal } from '../../dialect/openai-responses/schema.ts'
import { goesOn, nth, quiet, type Ear, type Heard, type Path, type Piece } from './heard.ts'

/**
 * Items speak one after the other, and what each said is told again when its part, it and the response are done. What
 * is told otherwise then takes the place of what was said before, which has left or must be judged first.
 */
export function createResponsesEar(): Ear {
  const texts = new Map<string, string>()
  const ofItems = new Map<number, Set<string>>()
  const items = new Set<number>()
  let last = ''

  function tell(out: number, channel: string, text: string): void {
    const known = ofItems.get(out) ?? new Set()
    ofItems.set(out, known.add(channel))
    texts.set(channel, text)
  }

  function hear(told: JsonObject, type: string, size: number): Heard {
    const response = objectAt(told, 'response')
    if (response !== undefined) return ofResponse(response, terminal.has(type), size)
    const { name, subject, verb } = wordsOf(type)
    const place = places.get(subject)
    const out = indexAt(told, 'output_index')
    const isError = told['error'] || type === 'error'
    if (!isError && name !== '') items.add(out)
    if (place !== undefined) {
      const { within, path } = place
      const at = within === null ? path.join(' ') : `${within.list} ${indexAt(told, within.index)}`
      // The same string as before is not hashed again.
      const named = `${out} ${at}`
      last = named === last ? last : named
      return ofText(told, last, { out, verb, field: place.told, isCall: within === null })
    }
    if (subject === 'output_item') return ofItem(told, out, verb, size)
    const list = parts.get(subject)
    if (list !== undefined) {
      const part = objectAt(told, 'part') ?? {}
      return again(ofParts([part], `${out} ${list.list}`, ['part'], indexAt(told, list.index)), size)
    }
    if (silent.has(type)) return quiet
    const isOfCall = subject.startsWith('shell_call')
    const isKnown = !isError && (isOfCall || subject === 'output_text.annotation' || statuses.has(verb))
    if (isKnown && statuses.has(verb)) return quiet
    return {
      ...quiet,
      weight: size,
      isKnown: isKnown || verb === 'partial_image',
      opens: isOfCall ? [`${out}`] : [],
    }
  }

  type Text = {
    readonly out: number
    readonly verb: string
    readonly field: string
    readonly isCall: boolean
  }

  function ofText(told: JsonObject, channel: string, { out, verb, field, isCall }: Text): Heard {
    const speaker = String(out)
    const opens = isCall ? [speaker] : quiet.opens
    const text = told[verb === 'delta' ? 'delta' : field]
    if (typeof text !== 'string') return { ...quiet, opens }
    if (verb !== 'delta') {
      return { ...again([{ speaker, channel, path: [field], text, is: 'again' }], text.length), opens }
    }
    tell(out, channel, (texts.get(channel) ?? '') + text)
    const heard = goesOn({ speaker, channel, path: deltaPath, text, is: 'next' })
    return isCall ? { ...heard, opens } : heard
  }
  function ofItem(told: JsonObject, out: number, verb: string, size: number): Heard {
    const item = objectAt(told, 'item') ?? {}
    const pieces = piecesOf(item, out, ['item'])
    const isSpeech = item['type'] === 'message' || item['type'] === 'reasoning'
    const isSaid = isSpeech || pieces.length > 0
    const isLost = [...(ofItems.get(out) ?? [])].some(
      (channel) => !pieces.some((piece) => piece.channel === channel),
    )
    const repeated = again(pieces, size)
    const heard = { ...repeated, isOther: repeated.isOther || isLost }
    const weight = isSaid ? heard.weight : size
    if (verb === 'done') return { ...heard, weight, ends: [String(out)] }
    return isSpeech ? heard : { ...heard, weight: size, opens: [String(out)] }
  }
  function ofResponse(response: JsonObject, isTerminal: boolean, size: number): Heard {
    const output = objectsAt(response, 'output')
    const pieces = output.flatMap((item, at) =>
      piecesOf(item, nth(items, at) ?? at, ['response', 'output', at]),
    )
    if (!isTerminal) return output.length === 0 ? quiet : { ...quiet, pieces, weight: size }
    const heard = again(pieces, size)
    const repeated = new Set(pieces.map(({ channel }) => channel))
    const isLost = texts.keys().some((channel) => !repeated.has(channel))
    return { ...heard, isOther: heard.isOther || isLost, ends: 'all', isLast: true, isOver: true }
  }
  /** What is told again as it was needs no judgement; anything else does, and so does what it replaces. */
  function again(pieces: readonly Piece[], size: number): Heard {
    const isOther = pieces.some(({ channel, text }) => {
      const before = texts.get(channel)
      return before !== undefined && before !== text
    })
    const isNew = pieces.some(({ channel, text }) => text !== '' && texts.get(channel) !== text)
    for (const { channel, speaker, text } of pieces) if (text !== '') tell(Number(speaker), channel, text)
    return { ...quiet, pieces, weight: isNew ? size : 0, isOther }
  }
  function channelAt(pointer: string): string | null {
    const [, at, path = ''] = /^\/output\/(\d+)(?:\/(.+))?$/.exec(pointer) ?? []
    const out = at === undefined ? undefined : (nth(items, Number(at)) ?? Number(at))
    if (out === undefined) return null
    const [, list, part] = /^(content|summary)\/(\d+)\/(?:text|refusal)$/.exec(path) ?? []
    if (list !== undefined) return `${out} ${list} ${part}`
    if (path !== '') return `${out} ${path.replaceAll('/', ' ')}`
    return texts.keys().find((channel) => channel.startsWith(`${out} `)) ?? null
  }
  function callerAt(pointer: string): string | null {
    const at = /^\/output\/(\d+)(?:\/|$)/.exec(pointer)?.[1]
    return at === undefined ? null : String(nth(items, Number(at)) ?? at)
  }
  return { hear, channelAt, callerAt }
}

const deltaPath: Path = ['delta']

type Words = { readonly name: string; readonly subject: string; readonly verb: string }

/** Types by what they are made of; a stream has a dozen of them, and no list is endless. */
const known = new Map<string, Words>()
const mostKnown = 200

function wordsOf(type: string): Words {
  const before = known.get(type)
  if (before !== undefined) return before
  const name = type.startsWith('response.') ? type.slice('response.'.length) : ''
  const dot = name.lastIndexOf('.')
  const words = { name, subject: name.slice(0, dot), verb: name.slice(dot + 1) }
  if (known.size < mostKnown) known.set(type, words)
  return words
}

const callFields = ['arguments', 'input', 'code'] as const

function piecesOf(item: JsonObject, out: number, path: Path): Piece[] {
  const pieces = ['content', 'summary'].flatMap((list) =>
    ofParts(objectsAt(item, list), `${out} ${list}`, [...path, list], 0),
  )
  for (const field of callFields) {
    const text = item[field]
    if (typeof text !== 'string') continue
    pieces.push({ speaker: `${out}`, channel: `${out} ${field}`, path: [...path, field], text, is: 'again' })
  }
  const diff = textAt(objectAt(item, 'operation'), 'diff')
  if (diff === null) return pieces
  const at = { speaker: `${out}`, channel: `${out} operation diff`, path: [...path, 'operation', 'diff'] }
  return [...pieces, { ...at, text: diff, is: 'again' }]
}

/** Parts in a list of their own, or the one part of an event. */
function ofParts(list: readonly JsonObject[], channel: string, path: Path, first: number): Piece[] {
  const [speaker = ''] = channel.split(' ')
  return list.flatMap((part, at) =>
    ['text', 'refusal'].flatMap((field): Piece[] => {
      const text = part[field]
      if (typeof text !== 'string') return []
      const place = path.at(-1) === 'part' ? path : [...path, at]
      return [{ speaker, channel: `${channel} ${first + at}`, path: [...place, field], text, is: 'again' }]
    }),
  )
}
