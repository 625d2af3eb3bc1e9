import type { Json } from '../json.ts'
import type { Refusal, RefusalKind } from '../refusal.ts'

/** OpenAI's error body, the same for all its endpoints. */
export function refuse(refusal: Refusal): Json {
  const { type, code } = kinds[refusal.kind]
  const message = refusal.kind === 'context-length' ? tooLong : refusal.message
  const field = refusal.kind === 'context-length' ? 'messages' : refusal.field
  return { error: { message, type, param: field ?? null, code } }
}

const tooLong =
  "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. " +
  'Please reduce the length of the messages.'

const kinds: Record<RefusalKind, { readonly type: string; readonly code: string | null }> = {
  'bad-request': { type: 'invalid_request_error', code: null },
  'not-found': { type: 'invalid_request_error', code: null },
  'method-not-allowed': { type: 'invalid_request_error', code: 'method_not_supported' },
  'rate-limited': { type: 'requests', code: 'rate_limit_exceeded' },
  'server-error': { type: 'server_error', code: null },
  overloaded: { type: 'server_error', code: 'server_is_overloaded' },
  'context-length': { type: 'invalid_request_error', code: 'context_length_exceeded' },
}
