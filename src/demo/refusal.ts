/** A request that the demo does not answer. Each dialect says it in its own words. */
export type RefusalKind =
  | 'bad-request'
  | 'not-found'
  | 'method-not-allowed'
  | 'rate-limited'
  | 'server-error'
  | 'overloaded'
  | 'context-length'

export type Refusal = {
  readonly kind: RefusalKind
  readonly message: string
  /** The field at fault, where there is one. */
  readonly field?: string
  readonly retryAfterSeconds?: number
}

export const statuses: Record<RefusalKind, number> = {
  'bad-request': 400,
  'not-found': 404,
  'method-not-allowed': 405,
  'rate-limited': 429,
  'server-error': 500,
  overloaded: 503,
  'context-length': 400,
}
