import { judge, type Judgement, type Result } from '../guard/judge.ts'
import { toAddress, type Span } from '../guard/trace/address.ts'
import { readTrace } from '../guard/trace/read.ts'
import type { Violation } from '../guard/violation.ts'
import type { Action, Finding, Order } from './answer.ts'
import type { Maybe } from './maybe.ts'
import type { Origins } from './reading.ts'
import type { Observer } from './remarks.ts'

/** Orders on what was said: what they find, and what follows from it for what may leave. */
export type Case = {
  readonly messages: readonly unknown[]
  /** Only what has to do with this message or a later one. */
  readonly from: number
  readonly leftBytes: number
  readonly origins: Origins
}

export type Verdict = {
  readonly findings: readonly Finding[]
  /** Nothing more may leave, and by which finding. */
  readonly stop: Finding | null
  /** What is to be masked before more may leave. */
  readonly masks: readonly { readonly violation: Violation; readonly finding: Finding }[]
}

export type Settings = Pick<Judgement, 'detectors' | 'detections' | 'limits' | 'signal' | 'now'> & {
  readonly observe?: Observer
}

/** Whether an answer may have to wait for it, and for what of it. */
export function isGating({ action, mode }: Order): boolean {
  return stops.has(action) && mode !== 'watch'
}

/** Nothing can be masked that has left. */
export function isHolding(order: Order): boolean {
  return isGating(order) && (order.mode === 'hold' || order.action === 'mask')
}

const stops: ReadonlySet<Action> = new Set(['block', 'mask', 'steer'])

export function tryCase(orders: readonly Order[], of: Case, settings: Settings): Maybe<Verdict> {
  const read = readTrace(of.messages)
  if (read.kind === 'refused')
    return toVerdict(
      orders,
      orders.map(() => refused(read.message)),
      of,
    )
  const results = orders.map(({ policy, input }) =>
    judge(policy, read.trace, { ...settings, input, from: of.from }),
  )
  const known = results.flatMap((result) => (result instanceof Promise ? [] : [result]))
  const judged = (all: readonly Result[]): Verdict => {
    for (const [at, order] of orders.entries()) settings.observe?.(order, all[at]?.warnings ?? [])
    return toVerdict(orders, all, of)
  }
  return known.length === results.length ? judged(known) : Promise.all(results).then(judged)
}

function refused(message: string): Result {
  return { violations: [], warnings: [], errors: [{ kind: 'value', message, rule: 0, line: 0 }] }
}

function toVerdict(orders: readonly Order[], results: readonly Result[], of: Case): Verdict {
  const findings: Finding[] = []
  const masks: Verdict['masks'][number][] = []
  let stop: Finding | null = null
  for (const [at, order] of orders.entries()) {
    const { violations = [], errors = [] } = results[at] ?? {}
    const gates = isGating(order)
    for (const found of violations) {
      const violation = atOrigin(found, of.origins)
      const finding = toFinding(order, violation, of.leftBytes)
      findings.push(finding)
      if (order.action === 'mask' && gates) masks.push({ violation, finding })
      else if (gates) stop ??= finding
    }
    for (const error of errors) {
      const finding = toError(order, error.message, of.leftBytes, error)
      findings.push(finding)
      if (gates && order.onError === 'block') stop ??= finding
    }
  }
  return { findings, stop, masks }
}

/** What was found in thinking, told where the thinking stands. */
function atOrigin(violation: Violation, origins: Origins): Violation {
  if (!violation.spans.some(({ message }) => origins.has(message))) return violation
  const spans = violation.spans.map((span): Span => {
    const origin = origins.get(span.message)
    if (origin === undefined) return span
    return { ...span, message: origin.message, event: origin.message, path: origin.path }
  })
  return { ...violation, spans, ranges: [...new Set(spans.map(toAddress))] }
}

function toFinding({ name, action, mode }: Order, violation: Violation, leftBytes: number): Finding {
  const message = violation.raised.args.map(toText).join(' ')
  return { kind: 'violation', order: name, action, mode, message, leftBytes, violation }
}

export function toError(
  { name, action, mode }: Order,
  message: string,
  leftBytes: number,
  error: Result['errors'][number] | null,
): Finding {
  return { kind: 'error', order: name, action, mode, message, leftBytes, error }
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
