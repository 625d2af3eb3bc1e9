import type { Fault, FaultCode } from '../../core/fault.ts'
import { tell } from '../tell.ts'

/** Faults as Google tells them: the status of HTTP, and the name gRPC has for it. */
const statuses: Readonly<Record<FaultCode, string>> = {
  'bad-request': 'INVALID_ARGUMENT',
  'wrong-dialect': 'INVALID_ARGUMENT',
  blocked: 'INVALID_ARGUMENT',
  unauthorized: 'UNAUTHENTICATED',
  forbidden: 'PERMISSION_DENIED',
  'not-found': 'NOT_FOUND',
  'unknown-model': 'NOT_FOUND',
  'method-not-allowed': 'INVALID_ARGUMENT',
  'request-slow': 'DEADLINE_EXCEEDED',
  'body-too-large': 'INVALID_ARGUMENT',
  'rate-limited': 'RESOURCE_EXHAUSTED',
  'client-left': 'CANCELLED',
  internal: 'INTERNAL',
  'provider-unreachable': 'UNAVAILABLE',
  'provider-reset': 'UNAVAILABLE',
  'provider-cut': 'UNAVAILABLE',
  overloaded: 'UNAVAILABLE',
  unjudged: 'UNAVAILABLE',
  stopping: 'UNAVAILABLE',
  interrupted: 'UNAVAILABLE',
  'provider-slow': 'DEADLINE_EXCEEDED',
  'provider-stalled': 'DEADLINE_EXCEEDED',
}

export function refuse(fault: Fault, trace: string | null): unknown {
  const { code, status, retryAfterSeconds: seconds } = fault
  const error = { code: status, message: tell(fault, trace), status: statuses[code] }
  if (seconds === undefined) return { error }
  // Google has no header for it: its clients read the delay here.
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }
  return { error: { ...error, details: [retry] } }
}

/** With the line ends Google's own streams have: its SDKs do not bear a mixture. */
export function refuseEvent(fault: Fault, trace: string | null): string {
  return `data: ${JSON.stringify(refuse(fault, trace))}\r\n\r\n`
}
