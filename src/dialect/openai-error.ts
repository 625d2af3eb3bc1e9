import type { Fault, FaultCode } from '../core/fault.ts'
import { tell } from './tell.ts'

/** The error object that both dialects of OpenAI share: its SDKs go by the status, agents by type and code. */
export type OpenAiError = {
  readonly message: string
  readonly type: string
  readonly param: null
  readonly code: string
}

const kinds: Readonly<Record<FaultCode, readonly [type: string, code: string]>> = {
  'bad-request': ['invalid_request_error', 'bad_request'],
  'wrong-dialect': ['invalid_request_error', 'wrong_dialect'],
  blocked: ['invalid_request_error', 'content_policy_violation'],
  unauthorized: ['authentication_error', 'invalid_api_key'],
  forbidden: ['permission_error', 'forbidden'],
  'not-found': ['invalid_request_error', 'not_found'],
  'unknown-model': ['invalid_request_error', 'model_not_found'],
  'method-not-allowed': ['invalid_request_error', 'method_not_allowed'],
  'request-slow': ['timeout', 'request_timeout'],
  'body-too-large': ['invalid_request_error', 'request_too_large'],
  'rate-limited': ['rate_limit_error', 'rate_limit_exceeded'],
  'client-left': ['invalid_request_error', 'client_left'],
  internal: ['server_error', 'internal_error'],
  'provider-unreachable': ['server_error', 'provider_unreachable'],
  'provider-reset': ['server_error', 'provider_reset'],
  'provider-cut': ['server_error', 'provider_cut'],
  // The code by which Codex knows to wait and try again.
  overloaded: ['server_error', 'server_is_overloaded'],
  unjudged: ['server_error', 'unjudged'],
  stopping: ['server_error', 'stopping'],
  interrupted: ['server_error', 'interrupted'],
  'provider-slow': ['timeout', 'provider_slow'],
  'provider-stalled': ['timeout', 'provider_stalled'],
}

export function openAiError(fault: Fault, trace: string | null): OpenAiError {
  const [type, code] = kinds[fault.code]
  return { message: tell(fault, trace), type, param: null, code }
}
