import { Fault, type Broken } from '../core/fault.ts'
import { tellUnusable } from '../guard/problem.ts'
import { guardrailOf, headerOrder } from '../merge/guardrail.ts'
import type { Noted } from '../merge/judged.ts'
import type { Ruling } from './messages.ts'

/** What a verdict sounds like to the client. The text of a rule, and what it says, stay here unless they may be told. */
export type Part = 'request' | 'answer'

/** `others`: all that was found by now. */
export function blockedBy(finding: Noted, part: Part, { tell, others }: Telling): Fault {
  const { kind, order, line, message } = finding
  const broken: Broken = {
    part,
    // Who brought the rules may know what they say.
    errors: others
      .filter((each) => each.action === 'block' && (tell || each.order === headerOrder))
      .map(toError),
  }
  if (!tell) return new Fault('blocked', `A rule does not let this ${part} pass`, { broken })
  const place = line === null ? '' : `, line ${line}`
  const why = kind === 'error' ? `could not judge this ${part}` : `does not let this ${part} pass`
  return new Fault('blocked', `The rule "${order}"${place} ${why}: ${message}`, { broken })
}

export type Telling = { readonly tell: boolean; readonly others: readonly Noted[] }

/** As Invariant's service told it. */
function toError({ kind, order, action, message, args, kwargs, ranges }: Noted): Broken['errors'][number] {
  const guardrail = guardrailOf(order, action)
  return { args: kind === 'error' ? [message] : args, kwargs, ranges, guardrail }
}

export function unjudged(part: Part): Fault {
  const message = `The rules for this ${part} could not be applied: it may be another time`
  return new Fault('unjudged', message, { retryAfterSeconds: 1 })
}

/** Null for a request that may go on. */
export function faultOf(ruling: Ruling, telling: Telling): Fault | null {
  switch (ruling.kind) {
    case 'pass':
    case 'replace':
      return null
    case 'block':
      return blockedBy(ruling.finding, 'request', telling)
    case 'steer': {
      const { text, contentType } = ruling
      return new Fault('blocked', 'A rule answered in place of the model', { instead: { text, contentType } })
    }
    case 'faulty':
      return new Fault(
        'bad-request',
        `Cannot use the rules of the header Invariant-Guardrails: ${ruling.message}`,
        { broken: unreadable(ruling.message) },
      )
  }
}

function unreadable(message: string): Broken {
  const noted = missed(tellUnusable(message), 'request', 0)
  return { part: 'request', errors: [toError({ ...noted, order: headerOrder })] }
}

/** One of ours for what never was judged, as the traces tell it. */
export function missed(why: string, part: Part, leftBytes: number): Noted {
  return {
    kind: 'error',
    order: 'weir',
    action: 'block',
    mode: 'hold',
    on: part,
    line: null,
    message: why,
    args: [],
    kwargs: {},
    ranges: [],
    spans: [],
    leftBytes,
  }
}
