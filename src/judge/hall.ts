import { dialects } from '../dialect/index.ts'
import type { Bytes } from '../wire/body.ts'
import type { AnswerOf, Finding, Order, Step, Stop } from './answer.ts'
import { isGating, isHolding, toError, tryCase, type Verdict } from './court.ts'
import { createFrames, type Frame } from './frames.ts'
import type { Heard } from './hear/heard.ts'
import { createListener, createWholeListener, type Note } from './listener.ts'
import { masked, type Said } from './mask/frame.ts'
import { then, type Maybe } from './maybe.ts'
import { createQueue, type Waiting } from './queue.ts'
import type { Reading } from './reading.ts'
import { createSteering } from './steer/steer.ts'
import { levels, type Level } from './tails.ts'
import { readTorn } from './torn.ts'
import type { Way } from './way.ts'

/** Where the frames of an answer wait, and what lets them go. */
export type Hall = {
  readonly take: (bytes: Bytes) => Maybe<Step>
  readonly tick: () => Maybe<Step>
  readonly end: (how: 'complete' | 'cut') => Maybe<Step>
  readonly after: () => Maybe<readonly Finding[]>
  /** What comes cannot be judged: each order says what that means. */
  readonly giveUp: (why: string) => void
}

/**
 * All that was said is judged again when it has grown by this part of itself, so that judging costs no more than so
 * many times reading it once, however long it gets. What waits longer is judged by the clock (`tick`).
 */
const growth = 0.5

const defaultMostBytes = 16 << 20

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
  const told = new Set<string>()
  let listener = createListener(dialect, of.request, isMasking)
  let findings: Finding[] = []
  // Where the texts of the frame at hand stand, if anything is to be masked.
  let texts: Said[] = []
  let stop: Stop | null = null
  let isStopped = false
  let blindness: string | null = null
  // How much was said, and how much of it was judged, in characters.
  let [said, judged] = [0, 0]
  let isEnding = false
  // The end of an answer is judged when it comes, however little it adds.
  let hasEnd = false
  let mustJudge = false
  let isCut = false

  function toStep(): Step {
    const moves = way.moves()
    if (moves.length === 0 && findings.length === 0 && stop === null) return still
    const step = { moves, findings, stop }
    findings = []
    stop = null
    return step
  }

  function take(bytes: Bytes): Maybe<Step> {
    if (isStopped) return toStep()
    if (blindness !== null) return passAll()
    const waits = absorb(frames.feed(bytes))
    return waits === undefined ? proceed() : waits.then(proceed)
  }
  function proceed(): Maybe<Step> {
    const waits = decide()
    return waits === undefined ? toStep() : waits.then(toStep)
  }
  function passAll(): Step {
    way.goAll()
    return toStep()
  }

  function absorb(list: readonly Frame[], from = 0): Maybe<undefined> {
    for (let at = from; at < list.length; at++) {
      const frame = list[at]
      const waits = frame === undefined || isStopped ? undefined : absorbOne(frame)
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
      const mustWait = note.heard.isOther && said !== judged && gating.length > 0
      // What it takes the place of would never be judged.
      const waits = mustWait ? check(gating) : undefined
      if (isStopped) return undefined
      if (waits !== undefined) return waits.then(() => addTo(frame, note, at))
      add(note)
    }
    return push(frame)
  }
  function addTo(frame: Frame, note: Note, at: number): Maybe<undefined> {
    if (isStopped) return undefined
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
    const isFree = holding.length === 0 || (queue.bytes() === 0 && said === judged)
    const waiting = texts.length === 0 ? frame : { ...frame, said: texts }
    if (texts.length > 0) texts = []
    if (isFree && !isEnding) leaveOne(waiting)
    else queue.push(waiting, isEnding ? levels.none : listener.tails.least())
  }
  function leaveOne({ bytes, events, said: told }: Waiting): void {
    way.go(bytes, told === undefined || listener.masks.isEmpty() ? null : masked(bytes, told, listener.masks))
    if (steering !== null) events.forEach(steering.left)
    for (const { placed } of told ?? []) listener.masks.left(placed)
  }
  function leave(list: readonly Waiting[]): undefined {
    for (const frame of list) leaveOne(frame)
  }

  function decide(): Maybe<undefined> {
    if (isStopped) return
    if (queue.bytes() + frames.openBytes() > mostBytes && gating.length > 0) {
      return giveUp(`more than ${mostBytes} bytes wait for a verdict`)
    }
    if (isEnding || !queue.has(needed)) return
    const isDue = said === judged || said - judged >= judged * growth || mustJudge
    if (!isDue) return
    mustJudge = false
    return judgeTo(holding, needed)
  }
  function tick(): Maybe<Step> {
    const needs = of.granularity === 'message' ? levels.end : levels.word
    const isNothing = isEnding ? queue.bytes() === 0 : !queue.has(needs)
    if (isStopped || blindness !== null || isNothing) return toStep()
    return then(isEnding ? judgeTo(gating, levels.none) : judgeTo(holding, needs), toStep)
  }
  function judgeTo(orders: readonly Order[], level: Level): Maybe<undefined> {
    if (said === judged && !(hasTail && isEnding)) return leave(queue.take(level))
    return then(check(orders), () => (isStopped ? undefined : leave(queue.take(level))))
  }

  function check(orders: readonly Order[]): Maybe<undefined> {
    const reading = listener.read(isCut)
    judged = said
    return then(tryCase(orders, { ...reading, leftBytes: way.left() }, of), (verdict) =>
      settle(verdict, reading),
    )
  }
  function settle({ findings: found, stop: by, masks }: Verdict, { sources, from }: Reading): undefined {
    findings.push(...found.filter(isNew))
    const bare = masks.find(({ violation }) => !listener.masks.lay(violation, sources, from))
    const last = by ?? bare?.finding
    if (last !== undefined) stopBy(last)
  }
  function isNew(finding: Finding): boolean {
    const { order, kind, message } = finding
    const key = `${order} ${kind === 'violation' ? finding.violation.identity : message}`
    if (told.has(key)) return false
    told.add(key)
    return true
  }
  function stopBy(finding: Finding): void {
    isStopped = true
    const isSteered = finding.action === 'steer' && finding.kind === 'violation' && steering !== null
    const form = frames.form() ?? 'whole'
    stop = isSteered
      ? { kind: 'steer', finding, closing: steering.close(finding.message, form) }
      : { kind: 'block', finding }
  }
  function giveUp(why: string): undefined {
    if (isStopped || blindness !== null) return
    blindness = why
    const found = gating.map((order) => ({ order, finding: toError(order, why, way.left(), null) }))
    findings.push(...found.map(({ finding }) => finding))
    // What was to be inflated cannot be handed on any more.
    const [first] = isInflated ? found : found.filter(({ order }) => order.onError === 'block')
    if (first !== undefined) stopBy(first.finding)
    else way.goAll()
  }

  function end(how: 'complete' | 'cut'): Maybe<Step> {
    if (isStopped) return toStep()
    if (blindness !== null) return passAll()
    isCut = how === 'cut'
    const form = frames.form()
    if (form === 'whole' || form === null) listener = createWholeListener(dialect, of.request, isMasking)
    const last = frames.finish().map((frame) => (frame.events.length > 0 ? frame : withText(frame, form)))
    return then(absorb(last), () => {
      if (isStopped) return toStep()
      isEnding = gating.length > 0
      return then(isEnding ? judgeTo(gating, levels.none) : undefined, () =>
        isStopped ? toStep() : passAll(),
      )
    })
  }
  function after(): Maybe<readonly Finding[]> {
    if (watching.length === 0) return []
    const leftBytes = way.left()
    if (blindness !== null) return watching.map((order) => toError(order, blindness ?? '', leftBytes, null))
    return then(tryCase(watching, { ...listener.read(isCut), leftBytes }, of), (verdict) => verdict.findings)
  }
  return { take, tick, end, after, giveUp }
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
