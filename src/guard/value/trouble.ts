/**
 * What goes wrong while a rule runs. It ends that rule and no other; the message says what the rule did, never more
 * of the trace than a name.
 */
export type Trouble = {
  readonly kind: 'type' | 'key' | 'attribute' | 'value' | 'parameter' | 'limit' | 'detector' | 'internal'
  readonly message: string
}

const marked = new WeakMap<Error, Trouble>()

export function trouble(kind: Trouble['kind'], message: string): never {
  const error = new Error(message)
  marked.set(error, { kind, message })
  throw error
}

/** Whatever was thrown, as trouble: running out of stack is a limit, the rest would be a mistake of ours. */
export function toTrouble(error: unknown): Trouble {
  if (!(error instanceof Error)) return { kind: 'internal', message: String(error) }
  const known = marked.get(error)
  if (known !== undefined) return known
  if (error instanceof RangeError)
    return { kind: 'limit', message: 'the rule is nested too deeply to evaluate' }
  return { kind: 'internal', message: error.message }
}
