import type { Answer } from '../conversation/conversation.ts'
import { dialects } from '../dialect/index.ts'
import type { Bytes } from '../wire/body.ts'
import type { AnswerOf, Finding, Order, Step } from './answer.ts'
import { isGating, isHolding, toError, tryCase } from './court.ts'
import { createFrames, type Frame } from './frames.ts'
import type { Heard } from './hear/heard.ts'
import { createListener, createWholeListener, type Note } from './listener.ts'
import { masked, type Said } from './mask/frame.ts'
import { then, type Maybe } from './maybe.ts'
import { createQueue, type Waiting } from './queue.ts'
import { createSteering } from './steer/steer.ts'
import { levels, type Level } from './tails.ts'
import { readTorn } from './torn.ts'
import { createTrial } from './trial.ts'
import type { Way } from './way.ts'

/** Where the frames of an answer wait, and what lets them go. */
export type Hall = {
  readonly take: (bytes: Bytes) => Maybe<Step>
  readonly tick: () => Maybe<Step>
  readonly end: (how: 'complete' | 'cut') => Maybe<Step>
  readonly after: () => Maybe<readonly Finding[]>
  readonly answer: () => Answer
  /** What comes cannot be judged: each order says what that means. */
  readonly giveUp: (why: string) => void
}

/**
 * All that was said is judged again when it has grown by this part of itself, so that judging costs no more than so
 * many times reading it once, however long it gets. What waits longer is judged by the clock (`tick`).
 */
const growth = 0.5

const defaultMostBytes = 16 << 20

// What was said is kept as long as the answer goes on, as it is for its trace.
const mostReadBytes = 64 << 20

export function createHall(of: AnswerOf, way: Way, isInflated: boolean): Hall {
  const gating = of.orders.filter(isGating)
  const holding = gating.filter(isHolding)
  const watching = of.orders.filter((order) => !isGating(order))
  const hasTail = gating.length > holding.length
  const isMasking = gating.some(({ action }) => action === 'mask')
  const dialect = dialects[of.dialect]
  const steering = gating.some(({ action }) => action === 'steer') ? createSteering(dialect) : null
  const mostBytes = of.mostBytes ?? defaultMostBytes
  const frames = createFrames(of.isStream, mostBytes)
  const queue = createQueue()
  const needed = of.granularity === 'message' ? levels.end : levels.sentence
  const close = (message: string) => steering?.close(message, frames.form() ?? 'whole') ?? null
  const trial = createTrial(of, way.left, close)
  let listener = createListener(dialect, of.request, isMasking)
  // Where the texts of the frame at hand stand, if anything is to be masked.
  let texts: Said[] = []
  let blindness: string | null = null
  // How much was said, and how much of it was judged, in characters.
  let [said, judged] = [0, 0]
  let readBytes = 0
  // What was judged last was without the calls that went on.
  let isPartial = false
  let isEnding = false
  // The end of an answer is judged when it comes, however little it adds.
  let hasEnd = false
  let mustJudge = false
  let isCut = false

  function toStep(): Step {
    const moves = way.moves()
    const found = trial.found()
    return moves.length === 0 && found === null ? still : { ...(found ?? still), moves }
  }

  function take(bytes: Bytes): Maybe<Step> {
    if (trial.isOver()) return toStep()
    if (blindness !== null) return passAll()
    readBytes += bytes.length
    const waits = absorb(frames.feed(bytes))
    return waits === undefined ? proceed() : waits.then(proceed)
  }
  function proceed(): Maybe<Step> {
    if (gating.length === 0) return readBytes > mostReadBytes ? tooLong() : passAll()
    const waits = decide()
    return waits === undefined ? toStep() : waits.then(toStep)
  }
  function tooLong(): Step {
    giveUp(`the answer is longer than ${mostReadBytes} bytes`)
    return toStep()
  }
  function passAll(): Step {
    way.goAll()
    return toStep()
  }

  function absorb(list: readonly Frame[], from = 0): Maybe<undefined> {
    for (let at = from; at < list.length; at++) {
      const frame = list[at]
      const waits = frame === undefined || trial.isOver() ? undefined : absorbOne(frame)
      if (waits !== undefined) return waits.then(() => absorb(list, at + 1))
    }
    return undefined
  }
  function absorbOne(frame: Frame, from = 0): Maybe<undefined> {
    const { events } = frame
    for (let at = from; at < events.length; at++) {
      const event = events[at]
      if (event === undefined) continue
      const note = listener.hear(event)
      const mustWait = note.heard.isOther && !isKnown() && gating.length > 0
      // What it takes the place of would never be judged.
      const waits = mustWait ? check(gating, 'all') : undefined
      if (trial.isOver()) return undefined
      if (waits !== undefined) return waits.then(() => addTo(frame, note, at))
      add(note)
    }
    return push(frame)
  }
  function addTo(frame: Frame, note: Note, at: number): Maybe<undefined> {
    if (trial.isOver()) return undefined
    add(note)
    return absorbOne(frame, at + 1)
  }
  function add(note: Note): void {
    const { heard } = note
    said += weightOf(heard)
    if (heard.isLast) {
      mustJudge ||= !hasEnd
      hasEnd = true
      isEnding ||= hasTail
    }
    const lifted = listener.add(note)
    if (note.said !== null) texts.push(note.said)
    if (!isEnding) queue.lift(lifted)
  }
  function push(frame: Frame): undefined {
    const isFree = holding.length === 0 || (queue.bytes() === 0 && isKnown())
    const waiting = texts.length === 0 ? frame : { ...frame, said: texts }
    if (texts.length > 0) texts = []
    if (isFree && !isEnding) leaveOne(waiting)
    else queue.push(waiting, isEnding ? levels.none : listener.tails.least())
  }
  function leaveOne({ bytes, events, said: told }: Waiting): void {
    // Where nothing holds anything up, not even the rest of a frame is waited for.
    if (gating.length === 0) return
    way.go(bytes, told === undefined || listener.masks.isEmpty() ? null : masked(bytes, told, listener.masks))
    if (steering !== null) events.forEach(steering.left)
    for (const { placed } of told ?? []) listener.masks.left(placed)
  }
  function leave(list: readonly Waiting[]): undefined {
    for (const frame of list) leaveOne(frame)
  }

  function decide(): Maybe<undefined> {
    if (trial.isOver()) return
    if (queue.bytes() + frames.openBytes() > mostBytes) {
      return giveUp(`more than ${mostBytes} bytes wait for a verdict`)
    }
    if (readBytes > mostReadBytes) return giveUp(`the answer is longer than ${mostReadBytes} bytes`)
    if (isEnding || !queue.has(needed)) return
    const isDue = isKnown() || isAnew() || said - judged >= judged * growth || mustJudge
    if (!isDue) return
    mustJudge = false
    return judgeTo(holding, needed)
  }
  function tick(): Maybe<Step> {
    const needs = of.granularity === 'message' ? levels.end : levels.word
    const isNothing = isEnding ? queue.bytes() === 0 : !queue.has(needs)
    if (trial.isOver() || blindness !== null || isNothing) return toStep()
    return then(isEnding ? judgeTo(gating, levels.none) : judgeTo(holding, needs), toStep)
  }
  function judgeTo(orders: readonly Order[], level: Level): Maybe<undefined> {
    if (isKnown() && !(hasTail && isEnding)) return leave(queue.take(level))
    return then(check(orders, isEnding ? 'all' : 'whole'), () =>
      trial.isOver() ? undefined : leave(queue.take(level)),
    )
  }

  /** All that was said was judged. */
  function isKnown(): boolean {
    return said === judged && !isPartial
  }
  /** A call has become whole that was not judged with the rest. */
  function isAnew(): boolean {
    return isPartial && !listener.tails.isAtCall()
  }
  function check(orders: readonly Order[], what: 'all' | 'whole'): Maybe<undefined> {
    judged = said
    isPartial = what === 'whole' && listener.tails.isAtCall()
    return trial.hear(orders, listener.read(what, isCut), listener.masks)
  }
  function giveUp(why: string): undefined {
    if (trial.isOver() || blindness !== null) return
    blindness = why
    queue.take(levels.none)
    trial.giveUp(gating, why, isInflated)
    if (!trial.isOver()) way.goAll()
  }

  function end(how: 'complete' | 'cut'): Maybe<Step> {
    if (trial.isOver()) return toStep()
    if (blindness !== null) return passAll()
    isCut = how === 'cut'
    const form = frames.form()
    if (form === 'whole' || form === null) listener = createWholeListener(dialect, of.request, isMasking)
    const last = frames.finish().map((frame) => (frame.events.length > 0 ? frame : withText(frame, form)))
    return then(absorb(last), () => {
      if (trial.isOver()) return toStep()
      isEnding = gating.length > 0
      return then(isEnding ? judgeTo(gating, levels.none) : undefined, () =>
        trial.isOver() ? toStep() : passAll(),
      )
    })
  }
  function after(): Maybe<readonly Finding[]> {
    if (watching.length === 0) return []
    const leftBytes = way.left()
    if (blindness !== null) return watching.map((order) => toError(order, blindness ?? '', leftBytes, null))
    return then(
      tryCase(watching, { ...listener.read('all', isCut), leftBytes }, of),
      (verdict) => verdict.findings,
    )
  }
  return { take, tick, end, after, answer: () => listener.answer(), giveUp }
}

const still: Step = { moves: [], findings: [], stop: null }

function weightOf({ pieces, weight }: Heard): number {
  let sum = weight
  for (const { is, text } of pieces) if (is === 'next') sum += text.length
  return sum
}

/** The whole of a JSON body, or what a stream that stopped in the middle still said. */
function withText({ bytes }: Frame, form: ReturnType<ReturnType<typeof createFrames>['form']>): Frame {
  if (form === 'whole' || form === null) {
    const data = new TextDecoder().decode(bytes)
    return { bytes, events: data === '' ? [] : [{ data }] }
  }
  const event = readTorn(bytes)
  return { bytes, events: event === null ? [] : [event] }
}
