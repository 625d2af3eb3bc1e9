import { Fault } from '../core/fault.ts'

/** What a failed call or a failed body means, told without what the runtime says of hosts and ports. */
export function faultOf(
  error: unknown,
  signal: AbortSignal,
  when: 'before' | 'during',
  provider: string,
): Fault {
  // Whoever aborted has said why; runtimes differ in what they throw then.
  if (signal.aborted && signal.reason instanceof Fault) return signal.reason
  if (error instanceof Fault) return error
  const options = { cause: error }
  if (when === 'during')
    return new Fault('provider-cut', `Provider "${provider}" broke off its answer`, options)
  if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
    return new Fault(
      'provider-reset',
      `Provider "${provider}" closed the connection without an answer`,
      options,
    )
  }
  return new Fault('provider-unreachable', `Cannot reach provider "${provider}"`, options)
}

export function clientLeft(): Fault {
  return new Fault('client-left', 'The client left')
}
