import type { Fault, FaultCode } from '../../core/fault.ts'
import { tell } from '../tell.ts'

/** Faults as Anthropic tells them. Its SDK goes by the status, agents by the type. */
const types: Readonly<Record<FaultCode, string>> = {
  'bad-request': 'invalid_request_error',
  'wrong-dialect': 'invalid_request_error',
  blocked: 'invalid_request_error',
  unauthorized: 'authentication_error',
  forbidden: 'permission_error',
  'not-found': 'not_found_error',
  'unknown-model': 'not_found_error',
  'method-not-allowed': 'invalid_request_error',
  'request-slow': 'timeout_error',
  'body-too-large': 'request_too_large',
  'rate-limited': 'rate_limit_error',
  'client-left': 'invalid_request_error',
  internal: 'api_error',
  'provider-unreachable': 'api_error',
  'provider-reset': 'api_error',
  'provider-cut': 'api_error',
  overloaded: 'overloaded_error',
  unjudged: 'api_error',
  stopping: 'overloaded_error',
  interrupted: 'overloaded_error',
  'provider-slow': 'timeout_error',
  'provider-stalled': 'timeout_error',
}

export function refuse(fault: Fault, trace: string | null): unknown {
  return {
    type: 'error',
    error: { type: types[fault.code], message: tell(fault, trace) },
    request_id: trace,
  }
}

export function refuseEvent(fault: Fault, trace: string | null): string {
  return `event: error\ndata: ${JSON.stringify(refuse(fault, trace))}\n\n`
}
