/**
 * Why a detector could not say. The words go to logs and, where rules may be shown, to clients: they name what failed,
 * and never quote an address, a key, a text or what a service said.
 */
export type Failure = {
  /** `service`: it would fail for any text. `text`: for this one. `busy`: it was not asked at all. */
  readonly blame: 'service' | 'text' | 'busy'
  readonly message: string
}

const marked = new WeakMap<Error, Failure>()

export function failure(blame: Failure['blame'], message: string): Error {
  const error = new Error(message)
  marked.set(error, { blame, message })
  return error
}

export function fail(blame: Failure['blame'], message: string): never {
  throw failure(blame, message)
}

/** Anything else that was thrown is a mistake of ours, or of the runtime, whose words may hold an address. */
export function failureOf(error: unknown): Failure {
  const known = error instanceof Error ? marked.get(error) : undefined
  return known ?? { blame: 'service', message: `${codeOf(error) ?? nameOf(error)} was not expected` }
}

/** What the runtime calls a failure of the network or of the system: `ECONNREFUSED`. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  const { code } = error
  return typeof code === 'string' && /^[A-Za-z0-9_]{1,60}$/.test(code) ? code : null
}

function nameOf(error: unknown): string {
  return error instanceof Error && /^\w{1,40}$/.test(error.name) ? error.name : 'something'
}
