import type { Fault, FaultCode } from '../core/fault.ts'
import type { Outcome } from './report.ts'

/** What an exchange that ended with a fault is called. */
const ended: Partial<Record<FaultCode, Outcome>> = {
  'client-left': 'client-left',
  'provider-unreachable': 'unreachable',
  'provider-reset': 'provider-cut',
  'provider-cut': 'provider-cut',
  'provider-slow': 'timed-out',
  'provider-stalled': 'timed-out',
  interrupted: 'interrupted',
}

export function outcomeOf(fault: Fault): Outcome {
  return ended[fault.code] ?? 'refused'
}

/** An answer that came whole is still no success if its status says so. */
export function outcomeOfStatus(status: number | null): { outcome: Outcome; detail: string | null } {
  if (status === null || status < 400) return { outcome: 'answered', detail: null }
  return { outcome: 'failed', detail: `The provider answered with status ${status}` }
}
