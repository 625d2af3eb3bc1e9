const marked = new WeakSet<Error>()

/** A pattern that Python would not take either, or that is too large. */
export function refuseRegex(message: string): never {
  const error = new Error(message)
  marked.add(error)
  throw error
}

export function refusedRegex(error: unknown): string | undefined {
  return error instanceof Error && marked.has(error) ? error.message : undefined
}
