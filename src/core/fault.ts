/**
 * The only error with a meaning. Its code says what went wrong and whose doing it was; status and every
 * dialect's error body follow from the code. Anything else that is thrown is a bug and becomes `internal`.
 */

/** Who broke the rule: the client that asked, Weir in between, or the provider behind. */
export type Hop = 'client' | 'weir' | 'provider'

type Meaning = { readonly status: number; readonly hop: Hop }

export const meanings = {
  'bad-request': { status: 400, hop: 'client' },
  'wrong-dialect': { status: 400, hop: 'client' },
  // A rule's doing. As the mistake of a request, or clients would try it again.
  blocked: { status: 400, hop: 'weir' },
  unauthorized: { status: 401, hop: 'client' },
  forbidden: { status: 403, hop: 'client' },
  'not-found': { status: 404, hop: 'client' },
  'unknown-model': { status: 404, hop: 'client' },
  'method-not-allowed': { status: 405, hop: 'client' },
  'request-slow': { status: 408, hop: 'client' },
  'body-too-large': { status: 413, hop: 'client' },
  'rate-limited': { status: 429, hop: 'weir' },
  // Nobody reads this one: the client has gone. The status is the one nginx logs for it.
  'client-left': { status: 499, hop: 'client' },
  internal: { status: 500, hop: 'weir' },
  'provider-unreachable': { status: 502, hop: 'provider' },
  'provider-reset': { status: 502, hop: 'provider' },
  'provider-cut': { status: 502, hop: 'provider' },
  overloaded: { status: 503, hop: 'weir' },
  // What should have been judged could not be: it may be another time.
  unjudged: { status: 503, hop: 'weir' },
  stopping: { status: 503, hop: 'weir' },
  interrupted: { status: 503, hop: 'weir' },
  'provider-slow': { status: 504, hop: 'provider' },
  'provider-stalled': { status: 504, hop: 'provider' },
} as const satisfies Record<string, Meaning>

export type FaultCode = keyof typeof meanings

/** What a client gets in place of an error: a rule may answer instead of the model. */
export type Instead = { readonly text: string; readonly contentType: string }

/** What rules found, as far as the client may know it. */
export type Broken = {
  readonly part: 'request' | 'answer'
  readonly errors: readonly {
    readonly args: readonly unknown[]
    readonly kwargs: Readonly<Record<string, unknown>>
    readonly ranges: readonly string[]
    readonly guardrail: { readonly id: string; readonly name: string; readonly action: string }
  }[]
}

export type FaultOptions = {
  readonly cause?: unknown
  readonly retryAfterSeconds?: number
  readonly instead?: Instead
  readonly broken?: Broken
}

/** `message` is for the client and must not quote a cause: runtimes put hosts and ports there. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly retryAfterSeconds: number | undefined
  readonly instead: Instead | undefined
  readonly broken: Broken | undefined

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
    this.instead = options.instead
    this.broken = options.broken
  }

  get status(): number {
    return this.instead === undefined ? meanings[this.code].status : 200
  }

  get hop(): Hop {
    return meanings[this.code].hop
  }
}

export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  return new Fault('internal', 'Weir failed to handle this request', { cause: error })
}
