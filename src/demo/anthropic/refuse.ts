import { idOf } from '../random.ts'
import type { Json } from '../json.ts'
import type { Refusal, RefusalKind } from '../refusal.ts'

/** Anthropic's error body. */
export function refuse(refusal: Refusal, seed: number): Json {
  const isLong = refusal.kind === 'context-length'
  const message = isLong ? 'prompt is too long: 201234 tokens > 200000 maximum' : worded(refusal)
  return {
    type: 'error',
    error: { type: types[refusal.kind], message },
    request_id: `req_01${idOf(seed, 'request', 22)}`,
  }
}

function worded({ message, field }: Refusal): string {
  return field === undefined || message.includes(field) ? message : `${field}: ${message}`
}

const types: Record<RefusalKind, string> = {
  'bad-request': 'invalid_request_error',
  'not-found': 'not_found_error',
  'method-not-allowed': 'invalid_request_error',
  'rate-limited': 'rate_limit_error',
  'server-error': 'api_error',
  overloaded: 'overloaded_error',
  'context-length': 'invalid_request_error',
}
