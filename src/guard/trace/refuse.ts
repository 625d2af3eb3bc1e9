const marked = new WeakSet<Error>()

/** A list that is no trace is refused as a whole, as upstream does: judging half of it would be worse. */
export function refuseTrace(message: string): never {
  const error = new Error(message)
  marked.add(error)
  throw error
}

/** Why a trace was refused; undefined for any other error. */
export function refusalOf(error: unknown): string | undefined {
  return error instanceof Error && marked.has(error) ? error.message : undefined
}
