import type { Answer } from '../conversation/conversation.ts'
import { dialects } from '../dialect/index.ts'
import type { Bytes } from '../wire/body.ts'
import type { AnswerOf, Finding, Order, Step, Stop } from './answer.ts'
import { isGating, isHolding, toError, tryCase, type Verdict } from './court.ts'
import { createFrames, type Frame } from './frames.ts'
import { createListener, createWholeListener, type Note } from './listener.ts'
import { masked } from './mask/frame.ts'
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
  readonly answer: () => Answer
  /** What comes cannot be judged: each order says what that means. */
  readonly giveUp: (why: string) => void
}

/**
 * All that was said is judged again when it has grown by this part of itself, so that judging costs no more than so
 * many times reading it once, however long it gets. What waits longer is judged by the clock (`tick`).
 */
const growth = 0.25

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
    const step = { moves: way.moves(), findings, stop }
    findings = []
    stop = null
    return step
  }

  function take(bytes: Bytes): Maybe<Step> {
    if (isStopped) return toStep()
    if (blindness !== null) return passAll()
    return then(absorb(frames.feed(bytes)), () => then(decide(), toStep))
  }
  function passAll(): Step {
    way.goAll()
    return toStep()
  }

  function absorb(list: readonly Frame[], from = 0): Maybe<void> {
    for (let at = from; at < list.length; at++) {
      const frame = list[at]
      const waits = frame === undefined || isStopped ? undefined : absorbOne(frame)
      if (waits instanceof Promise) return waits.then(() => absorb(list, at + 1))
    }
  }
  function absorbOne({ bytes, events }: Frame): Maybe<void> {
    const notes = events.map(listener.hear)
    const isOther = notes.some(({ heard }) => heard.isOther)
    if (!isOther || said === judged || gating.length === 0) return add(bytes, notes)
    // What it takes the place of would never be judged.
    return then(check(gating), () => (isStopped ? undefined : add(bytes, notes)))
  }
  function add(bytes: Bytes, notes: readonly Note[]): void {
    const before = said
    for (const note of notes) {
      const { pieces, weight, isLast } = note.heard
      said += pieces.reduce((sum, { is, text }) => (is === 'next' ? sum + text.length : sum), weight)
      if (isLast) {
        mustJudge ||= !hasEnd
        hasEnd = true
        isEnding ||= hasTail
      }
      const { before: lifted } = listener.add(note)
      if (!isEnding) queue.lift(lifted)
    }
    const frame = { bytes, events: notes.map(({ event }) => event), said: saidIn(notes) }
    const isFree = holding.length === 0 || (queue.bytes() === 0 && said === judged && before === said)
    if (isFree && !isEnding) leave([frame])
    else queue.push(frame, isEnding ? levels.none : listener.tails.least())
  }
  function leave(list: readonly Waiting[]): void {
    for (const { bytes, events, said: texts } of list) {
      way.go(bytes.length, listener.masks.isEmpty() ? null : masked(bytes, texts, listener.masks))
      if (steering !== null) events.forEach(steering.left)
      if (isMasking) for (const { placed } of texts) listener.masks.left(placed)
    }
  }

  function decide(): Maybe<void> {
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
  function judgeTo(orders: readonly Order[], level: Level): Maybe<void> {
    if (said === judged && !(hasTail && isEnding)) return leave(queue.take(level))
    return then(check(orders), () => (isStopped ? undefined : leave(queue.take(level))))
  }

  function check(orders: readonly Order[]): Maybe<void> {
    const reading = listener.read(isCut)
    judged = said
    return then(tryCase(orders, { ...reading, leftBytes: way.left() }, of), (verdict) =>
      settle(verdict, reading),
    )
  }
  function settle({ findings: found, stop: by, masks }: Verdict, { sources, from }: Reading): void {
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
  function giveUp(why: string): void {
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
  return { take, tick, end, after, answer: () => listener.answer(), giveUp }
}

function saidIn(notes: readonly Note[]): Waiting['said'] {
  return notes.flatMap(({ said }) => (said === null ? [] : [said]))
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
