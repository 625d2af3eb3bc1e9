import type { RuleError } from '../guard/judge.ts'
import type { Violation } from '../guard/violation.ts'
import type { Noted } from '../merge/judged.ts'
import type { Finding, Order } from './answer.ts'

/** Findings as traces keep them: plain, and of bounded size whatever a rule raises. */
type Of = Pick<Noted, 'on' | 'leftBytes'> & { readonly order: Pick<Order, 'name' | 'action' | 'mode'> }

const mostMessage = 1000
const mostRanges = 100
const mostRaised = 4000

export function noteViolation(violation: Violation, { order, on, leftBytes }: Of): Noted {
  const { raised, ranges, spans, line } = violation
  const message = messageOf(raised.args, order.name)
  const fits = JSON.stringify(raised).length <= mostRaised
  return {
    kind: 'violation',
    ...appliedAs(order),
    on,
    line,
    message,
    args: fits ? raised.args : [message],
    kwargs: fits ? raised.kwargs : {},
    ranges: ranges.slice(0, mostRanges),
    spans: spans.slice(0, mostRanges).map(({ message: at, path, part }) => ({ message: at, path, part })),
    leftBytes,
  }
}

export function noteError(error: RuleError | string, { order, on, leftBytes }: Of): Noted {
  const [message, line] =
    typeof error === 'string' ? [error, null] : [error.message, error.line === 0 ? null : error.line]
  return {
    kind: 'error',
    ...appliedAs(order),
    on,
    line,
    message: message.slice(0, mostMessage),
    args: [],
    kwargs: {},
    ranges: [],
    spans: [],
    leftBytes,
  }
}

export function noteFinding(finding: Finding): Noted {
  const { order: name, action, mode, leftBytes, message } = finding
  const of: Of = { order: { name, action, mode }, on: 'answer', leftBytes }
  if (finding.kind === 'violation') return noteViolation(finding.violation, of)
  return noteError(finding.error ?? message, of)
}

/** What a rule raises is most times one sentence. */
function messageOf(args: readonly unknown[], name: string): string {
  const [first] = args
  const text = typeof first === 'string' ? first : first === undefined ? name : JSON.stringify(first)
  return text.slice(0, mostMessage)
}

function appliedAs({ name, action, mode }: Of['order']): Pick<Noted, 'order' | 'action' | 'mode'> {
  return { order: name, action, mode }
}
