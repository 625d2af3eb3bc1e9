import { Fault } from '../core/fault.ts'
import type { Noted } from '../merge/judged.ts'
import type { Ruling } from './messages.ts'

/** What a verdict sounds like to the client. The text of a rule, and what it says, stay here unless they may be told. */
export type Part = 'request' | 'answer'

export function blockedBy(finding: Noted, part: Part, tell: boolean): Fault {
  const { kind, order, line, message } = finding
  if (!tell) return new Fault('blocked', `A rule does not let this ${part} pass`)
  const place = line === null ? '' : `, line ${line}`
  const why = kind === 'error' ? `could not judge this ${part}` : `does not let this ${part} pass`
  return new Fault('blocked', `The rule "${order}"${place} ${why}: ${message}`)
}

export function unjudged(part: Part): Fault {
  const message = `The rules for this ${part} could not be applied: it may be another time`
  return new Fault('unjudged', message, { retryAfterSeconds: 1 })
}

/** Null for a request that may go on. */
export function faultOf(ruling: Ruling, tell: boolean): Fault | null {
  switch (ruling.kind) {
    case 'pass':
    case 'replace':
      return null
    case 'block':
      return blockedBy(ruling.finding, 'request', tell)
    case 'steer': {
      const { text, contentType } = ruling
      return new Fault('blocked', 'A rule answered in place of the model', { instead: { text, contentType } })
    }
    case 'faulty':
      return new Fault(
        'bad-request',
        `Cannot use the rules of the header Invariant-Guardrails: ${ruling.message}`,
      )
  }
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
