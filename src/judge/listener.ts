import type { Answer, Conversation } from '../conversation/conversation.ts'
import { isObject, readJson, textAt, type JsonObject } from '../conversation/json.ts'
import type { Dialect, Reply } from '../dialect/dialect.ts'
import type { SseEvent } from '../wire/sse.ts'
import { ears } from './hear/index.ts'
import { quiet, type Ear, type Heard } from './hear/heard.ts'
import type { Said } from './mask/frame.ts'
import { createMasks, type Masks } from './mask/masks.ts'
import { createReader, type Reading } from './reading.ts'
import { createTails, type Level, type Tails } from './tails.ts'
import { createWholeEar } from './whole.ts'

/** An answer as its events tell it: what each of them says, and what they come to so far. */
export type Listener = {
  readonly hear: (event: SseEvent) => Note
  /**
   * What the event says becomes part of the answer: before that, what was said until then can be judged. Tells how far
   * that stands on its own, now that it is known what follows.
   */
  readonly add: (note: Note) => Level
  readonly masks: Masks
  readonly tails: Tails
  /** `whole`: without the calls that go on, which cannot leave before they are. */
  readonly read: (what: 'all' | 'whole', isCut: boolean) => Reading
  readonly answer: () => Answer
}

export type Note = {
  readonly event: SseEvent
  readonly told: JsonObject | null
  readonly type: string
  readonly heard: Heard
  readonly said: Said | null
}

export function createListener(dialect: Dialect, request: Conversation | null, isMasking: boolean): Listener {
  const ear = ears[dialect.name]()
  const merge = dialect.merge()
  const parts = createParts(dialect, request, ear)
  let isOver = false

  function hear(event: SseEvent): Note {
    const { data } = event
    const told = readJson(data)
    const isTold = isObject(told)
    const type = (isTold ? textAt(told, 'type') : null) ?? event.event ?? ''
    let heard = isTold ? ear.hear(told, type, data.length) : ofText(data)
    // Behind its end nothing is part of the answer any more, but the client may read it all the same.
    if (isOver && saysSomething(heard)) heard = { ...heard, weight: data.length, isKnown: false }
    isOver ||= heard.isOver
    const said = isMasking ? { data, placed: parts.masks.place(heard) } : null
    return { event, told: isTold ? told : null, type, heard, said }
  }
  function add({ event, told, type, heard }: Note): Level {
    if (!heard.isKnown) parts.reader.hear(type, told ?? event.data)
    merge.add(event, told ?? undefined)
    return parts.tails.hear(heard)
  }
  return {
    ...parts,
    hear,
    add,
    read: (what, isCut) =>
      parts.reader.read(merge.finish(isCut ? 'torn' : undefined), ({ at }) => {
        const caller = what === 'all' ? null : ear.callerAt(at)
        return caller !== null && parts.tails.isAtCall(caller)
      }),
    answer: () => answerOf(dialect, merge.finish()),
  }
}

/** The same for an answer that is told whole. What is no JSON is judged as the text it is. */
export function createWholeListener(
  dialect: Dialect,
  request: Conversation | null,
  isMasking: boolean,
): Listener {
  const ear = createWholeEar()
  const parts = createParts(dialect, request, ear)
  let reply: Reply | null = null
  return {
    ...parts,
    hear: (event) => {
      const { data } = event
      const told = readJson(data)
      const isTold = isObject(told)
      const isSaid = isTold && isMasking
      const heard = isSaid ? ear.hear(told, '', data.length) : isTold ? all(data) : ofText(data)
      if (isTold) reply = dialect.whole(told, data)
      return {
        event,
        told: isTold ? told : null,
        type: '',
        heard,
        said: { data, placed: parts.masks.place(heard) },
      }
    },
    add: ({ event, heard }) => {
      if (!heard.isKnown) parts.reader.hear('', event.data)
      return 0
    },
    read: () => parts.reader.read(reply ?? dialect.whole(null), () => false),
    answer: () => answerOf(dialect, reply ?? dialect.whole(null)),
  }
}

function answerOf(dialect: Dialect, { body, argumentTexts }: Reply): Answer {
  return dialect.readAnswer(body, argumentTexts)
}

function createParts(dialect: Dialect, request: Conversation | null, ear: Ear) {
  return { masks: createMasks(ear), tails: createTails(), reader: createReader(dialect, request) }
}

function all(data: string): Heard {
  return { ...quiet, weight: data.length, isLast: true }
}

function ofText(data: string): Heard {
  if (data.startsWith('[DONE]')) return { ...quiet, ends: 'all', isLast: true, isOver: true }
  return data.trim() === '' ? quiet : { ...quiet, weight: data.length, isKnown: false }
}

function saysSomething({ weight, pieces }: Heard): boolean {
  return weight > 0 || pieces.length > 0
}
