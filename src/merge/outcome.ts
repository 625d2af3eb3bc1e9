import type { Fault, FaultCode } from '../core/fault.ts'
import type { Outcome } from './report.ts'

/** How an exchange ended, and why if it was not well. */
export type Ending = {
  readonly outcome: Outcome
  readonly detail: string | null
  /** The client did not wait for the end of the body. */
  readonly clientLeft?: true
}

const ended: Partial<Record<FaultCode, Outcome>> = {
  'client-left': 'client-left',
  'provider-unreachable': 'unreachable',
  'provider-reset': 'provider-cut',
  'provider-cut': 'provider-cut',
  'provider-slow': 'timed-out',
  'provider-stalled': 'timed-out',
  interrupted: 'interrupted',
}

export function endedBy(fault: Fault): Ending {
  return { outcome: ended[fault.code] ?? 'refused', detail: fault.message }
}

/** It left, but had been handed the end mark before, as far as bytes can tell: they may quote one. */
export const answeredAndLeft: Ending = { outcome: 'answered', detail: null, clientLeft: true }

/** An answer that came whole is still no success if its status says so. */
export function endedWith(status: number | null): Ending {
  if (status === null || status < 400) return { outcome: 'answered', detail: null }
  return { outcome: 'failed', detail: `The provider answered with status ${status}` }
}
