import { isObject, objectAt, textAt, type JsonObject } from '../../conversation/json.ts'
import { indexOf } from '../../dialect/openai-chat/schema.ts'
import { goesOn, nth, quiet, type Ear, type Heard, type Path, type Piece } from './heard.ts'

/** Choices speak one beside the other. Their calls may come by turns, and so all are whole when the choice is. */
export function createChatEar(): Ear {
  const calls = new Map<number, Set<number>>()
  const finished = new Set<number>()

  function hear(told: JsonObject, type: string, size: number): Heard {
    const { choices } = told
    if (!Array.isArray(choices) || told['error'] || type === 'error') {
      const isCount = isObject(told['usage']) && !told['error']
      return isCount ? quiet : { ...quiet, weight: size, isKnown: false }
    }
    const [only] = choices
    if (choices.length === 1 && isObject(only)) return ofContent(only) ?? ofChoice(only, ['choices', 0])
    return joined(
      choices.flatMap((choice, at) => (isObject(choice) ? [ofChoice(choice, ['choices', at])] : [])),
    )
  }
  /** Nearly all are a piece of one choice's text. */
  function ofContent(choice: JsonObject): Heard | null {
    const { delta, text: old, message, finish_reason } = choice
    if (!isObject(delta) || old !== undefined || message !== undefined || finish_reason) return null
    for (const key in delta) if (!contentOnly.has(key) && delta[key] !== null) return null
    const { content: text } = delta
    const index = indexOf(choice)
    if (typeof text !== 'string' || !calls.has(index)) return null
    const speaker = String(index)
    const channel = index === 0 ? '0 content' : `${speaker} content`
    return goesOn({ speaker, channel, path: contentPath, text, is: 'next' })
  }
  function ofChoice(choice: JsonObject, path: Path): Heard {
    const index = indexOf(choice)
    const speaker = String(index)
    const known = calls.get(index) ?? new Set<number>()
    calls.set(index, known)
    const heard = createNotes(speaker, known)
    const { delta, text } = choice
    if (isObject(delta)) readDelta(heard, delta, [...path, 'delta'])
    if (typeof text === 'string') heard.add('text', [...path, 'text'], text)
    const isKnown = readCopy(heard, choice, [...path, 'message'])
    const isEnd = textAt(choice, 'finish_reason') !== null
    if (isEnd) finished.add(index)
    return {
      ...quiet,
      pieces: heard.pieces,
      opens: heard.isAtCall() ? [speaker] : quiet.opens,
      ends: isEnd ? [speaker] : quiet.ends,
      weight: heard.weight(),
      isLast: isEnd && finished.size >= calls.size,
      isKnown,
    }
  }
  function channelAt(pointer: string): string | null {
    const [, place, path = ''] = /^\/choices\/(\d+)\/(?:message\/)?(.+)$/.exec(pointer) ?? []
    const choice = place === undefined ? undefined : nth(calls.keys(), Number(place))
    if (choice === undefined) return null
    const [, list, at] =
      /^(tool_calls|reasoning_details)\/(\d+)(?:\/(?:function\/arguments|custom\/input|text|summary))?$/.exec(
        path,
      ) ?? []
    if (list === 'reasoning_details') return `${choice} ${list} ${at}`
    if (list === 'tool_calls') {
      const index = nth(calls.get(choice) ?? [], Number(at))
      return index === undefined ? null : `${choice} ${list} ${index}`
    }
    return `${choice} ${path.replace(/^function_call\/arguments$/, 'function_call').replace(/^audio\/transcript$/, 'audio')}`
  }
  function callerAt(pointer: string): string | null {
    const place = /^\/choices\/(\d+)\//.exec(pointer)?.[1]
    const choice = place === undefined ? undefined : nth(calls.keys(), Number(place))
    return choice === undefined ? null : String(choice)
  }
  return { hear, channelAt, callerAt }
}

const contentOnly: ReadonlySet<string> = new Set(['content', 'role'])
const contentPath: Path = ['choices', 0, 'delta', 'content']

type Notes = {
  readonly pieces: Piece[]
  readonly add: (channel: string, path: Path, text: string, is?: Piece['is']) => void
  readonly call: (index: number | null) => string
  readonly more: (weight: number) => void
  readonly weight: () => number
  readonly isAtCall: () => boolean
}

function createNotes(speaker: string, calls: Set<number>): Notes {
  const pieces: Piece[] = []
  let weight = 0
  let isAtCall = false
  return {
    pieces,
    add: (channel, path, text, is = 'next') =>
      pieces.push({ speaker, channel: `${speaker} ${channel}`, path, text, is }),
    call: (index) => {
      isAtCall = true
      if (index !== null) calls.add(index)
      return `tool_calls ${index ?? '?'}`
    },
    more: (more) => (weight += more),
    weight: () => weight,
    isAtCall: () => isAtCall,
  }
}

/** What is said of a thing that has no text: enough for it not to leave unjudged. */
const some = 32

function readDelta(notes: Notes, delta: JsonObject, path: Path): void {
  for (const key in delta) {
    const value = delta[key]
    if (key === 'role' || value === null || value === '') continue
    const at = [...path, key]
    if (typeof value === 'string') notes.add(key, at, value)
    else if (key === 'tool_calls') readCalls(notes, value, at)
    else if (key === 'function_call' && isObject(value)) {
      notes.call(null)
      notes.more(some)
      readText(notes, 'function_call', value['arguments'], [...at, 'arguments'])
    } else if (key === 'reasoning_details') readDetails(notes, value, at)
    else if (key === 'content') notes.add('content in parts', at, JSON.stringify(value))
    else {
      notes.more(some)
      if (isObject(value)) readText(notes, key, value['transcript'], [...at, 'transcript'])
    }
  }
}

function readCalls(notes: Notes, calls: unknown, path: Path): void {
  if (!Array.isArray(calls)) return
  for (const [at, call] of calls.entries()) {
    if (!isObject(call)) continue
    const { index, function: called, custom } = call
    const channel = notes.call(typeof index === 'number' ? index : null)
    if (isObject(called))
      readText(notes, channel, called['arguments'], [...path, at, 'function', 'arguments'])
    if (isObject(custom)) readText(notes, channel, custom['input'], [...path, at, 'custom', 'input'])
    notes.more(some)
  }
}

function readDetails(notes: Notes, details: unknown, path: Path): void {
  if (!Array.isArray(details)) return
  for (const [at, detail] of details.entries()) {
    if (!isObject(detail)) continue
    const { index } = detail
    for (const key of ['text', 'summary']) {
      readText(notes, `reasoning_details ${typeof index === 'number' ? index : '?'}`, detail[key], [
        ...path,
        at,
        key,
      ])
    }
  }
}

function readText(notes: Notes, channel: string, text: unknown, path: Path): void {
  if (typeof text === 'string' && text !== '') notes.add(channel, path, text)
}

/** The whole so far, beside the delta. False where the two do not say the same: the merge goes by the delta. */
function readCopy(notes: Notes, choice: JsonObject, path: Path): boolean {
  const content = objectAt(choice, 'message')?.['content']
  if (typeof content !== 'string' || content === '') return true
  const said = objectAt(choice, 'delta')?.['content']
  notes.add('content', [...path, 'content'], content, 'again')
  if (typeof said === 'string') return content.endsWith(said)
  notes.more(content.length)
  return true
}

function joined(all: readonly Heard[]): Heard {
  return {
    ...quiet,
    pieces: all.flatMap(({ pieces }) => pieces),
    opens: all.flatMap(({ opens }) => opens),
    ends: all.flatMap(({ ends }) => (ends === 'all' ? [] : ends)),
    weight: all.reduce((sum, { weight }) => sum + weight, 0),
    isLast: all.some(({ isLast }) => isLast),
    isKnown: all.every(({ isKnown }) => isKnown),
  }
}
