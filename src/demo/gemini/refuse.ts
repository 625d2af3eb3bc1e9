import { statuses, type Refusal, type RefusalKind } from '../refusal.ts'
import type { Json } from '../json.ts'

/** Google's error body. */
export function refuse(refusal: Refusal): Json {
  const message = refusal.kind === 'context-length' ? tooLong : refusal.message
  const error = { code: statuses[refusal.kind], message, status: names[refusal.kind] }
  if (refusal.retryAfterSeconds === undefined) return { error }
  const retryDelay = `${refusal.retryAfterSeconds}s`
  return {
    error: { ...error, details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }] },
  }
}

const tooLong = 'The input token count (1048612) exceeds the maximum number of tokens allowed (1048576).'

const names: Record<RefusalKind, string> = {
  'bad-request': 'INVALID_ARGUMENT',
  'not-found': 'NOT_FOUND',
  'method-not-allowed': 'INVALID_ARGUMENT',
  'rate-limited': 'RESOURCE_EXHAUSTED',
  'server-error': 'INTERNAL',
  overloaded: 'UNAVAILABLE',
  'context-length': 'INVALID_ARGUMENT',
}
