import type { Json } from '../json.ts'
import type { Refusal, RefusalKind } from '../refusal.ts'

/** OpenAI's error body, as its Responses endpoint words it. */
export function refuse(refusal: Refusal): Json {
  const { type, code } = kinds[refusal.kind]
  const message = refusal.kind === 'context-length' ? tooLong : refusal.message
  const field = refusal.kind === 'context-length' ? 'input' : refusal.field
  return { error: { message, type, param: field ?? null, code } }
}

const tooLong = 'Your input exceeds the context window of this model. Please adjust your input and try again.'

const kinds: Record<RefusalKind, { readonly type: string; readonly code: string | null }> = {
  'bad-request': { type: 'invalid_request_error', code: null },
  'not-found': { type: 'invalid_request_error', code: null },
  'method-not-allowed': { type: 'invalid_request_error', code: 'method_not_supported' },
  'rate-limited': { type: 'tokens', code: 'rate_limit_exceeded' },
  'server-error': { type: 'server_error', code: 'server_error' },
  overloaded: { type: 'server_error', code: 'server_is_overloaded' },
  'context-length': { type: 'invalid_request_error', code: 'context_length_exceeded' },
}
