import { dialects } from '../dialect/index.ts'
import type { Detections } from '../guard/detections.ts'
import type { Detectors } from '../guard/detector.ts'
import { judge, type Result } from '../guard/judge.ts'
import type { Limits } from '../guard/limits.ts'
import type { Noted } from '../merge/judged.ts'
import type { Order } from './answer.ts'
import type { Asked, Case } from './case.ts'
import { maskBody, type Marked } from './mask/request.ts'
import type { Question, Ruling } from './messages.ts'
import { noteError, noteViolation } from './noted.ts'
import type { Observer } from './remarks.ts'
import { createSteering } from './steer/steer.ts'

/** Rules on a request: what they find, and what becomes of it. */
export type Means = {
  readonly detectors: Detectors
  readonly detections: Detections
  readonly limits: Limits
  readonly observe: Observer
}

type Said = {
  readonly order: Order
  readonly violations: readonly Noted[]
  /** All that is marked by them; null if there is more than was told. */
  readonly marked: readonly Marked[] | null
  readonly errors: readonly Noted[]
}

export type Judged = { readonly ruling: Ruling; readonly findings: readonly Noted[] }

/** `from`: the first message that was not judged in an earlier turn. */
export async function rule(of: Case, from: number, means: Means): Promise<Judged> {
  const said = await judgeAll(of, of.orders.ruling, { from, means })
  const findings = said.flatMap(({ violations, errors }) => [...violations, ...errors])
  const stopping = said.flatMap(({ order, violations, errors }) => {
    const ofAction = order.action === 'mask' ? [] : violations
    return [...ofAction, ...(order.onError === 'block' ? errors : [])]
  })
  const refused = stopping.find(({ action, kind }) => action === 'block' || kind === 'error')
  if (refused !== undefined) return { ruling: { kind: 'block', finding: refused }, findings }
  const [steering] = stopping
  if (steering !== undefined) return { ruling: steered(steering, of.question, of.asked), findings }
  return { ruling: masked(of.asked, said), findings }
}

/** What those find that hold nothing up. */
export async function note(
  of: Case,
  orders: readonly Order[],
  how: { from: number; means: Means },
): Promise<readonly Noted[]> {
  const said = await judgeAll(of, orders, how)
  return said.flatMap(({ violations, errors }) => [...violations, ...errors])
}

async function judgeAll(
  of: Case,
  orders: readonly Order[],
  { from, means }: { from: number; means: Means },
): Promise<readonly Said[]> {
  // One after the other where nothing is waited for; those that ask detectors ask at the same time.
  return Promise.all(orders.map(async (order) => judgeOne(of, order, { from, means })))
}

async function judgeOne(
  { asked, abort, question }: Case,
  order: Order,
  { from, means }: { from: number; means: Means },
): Promise<Said> {
  if (asked.kind === 'silent') return { order, violations: [], marked: [], errors: [] }
  if (asked.kind === 'unreadable')
    return { order, violations: [], marked: [], errors: [toError(asked.why, order)] }
  const { violations, errors, warnings } = await judge(order.policy, asked.trace, {
    ...means,
    input: order.input,
    signal: abort.signal,
    // What was masked in an earlier turn comes unmasked with every later one.
    ...(question.history === 'new' && order.action !== 'mask' && from > 0 && { from }),
  })
  means.observe(order, warnings)
  const isAll = violations.length < means.limits.violations
  return {
    order,
    marked: isAll && violations.every(({ ranges }) => ranges.length < mostRanges) ? violations : null,
    violations: violations.map((violation) =>
      noteViolation(violation, { order, on: 'request', leftBytes: 0 }),
    ),
    errors: errors.map((error: Result['errors'][number]) =>
      noteError(error, { order, on: 'request', leftBytes: 0 }),
    ),
  }
}

function toError(why: string, order: Order): Noted {
  return noteError(`the request cannot be judged: ${why}`, { order, on: 'request', leftBytes: 0 })
}

// As the guard has it: with so many there may be more.
const mostRanges = 2_000
const encoder = new TextEncoder()

function masked(asked: Asked, said: readonly Said[]): Ruling {
  const masking = said.filter(({ order }) => order.action === 'mask')
  const [first] = masking.flatMap(({ violations }) => violations)
  if (first === undefined || asked.kind !== 'read') return { kind: 'pass' }
  const isAll = masking.every(({ marked }) => marked !== null)
  const all = masking.flatMap(({ marked }) => marked ?? [])
  const text = isAll ? maskBody(asked.text, asked.told.sources, all) : null
  return text === null ? { kind: 'block', finding: first } : { kind: 'replace', body: encoder.encode(text) }
}

/** The client gets the message as if the model had said it, in the form in which it asked for its answer. */
function steered(finding: Noted, { dialect, near, form }: Question, asked: Asked): Ruling {
  const isStream = asked.kind === 'read' && asked.conversation.settings['stream'] === true
  const as = form === 'whole' && isStream ? 'events' : form
  const { close } = createSteering(dialects[dialect ?? near])
  const text = new TextDecoder().decode(close(finding.message, as))
  return {
    kind: 'steer',
    finding,
    text,
    contentType: as === 'events' ? 'text/event-stream' : 'application/json',
  }
}
