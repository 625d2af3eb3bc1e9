/** Answers that a test reads deeply: what is not there is undefined, and says so where something is expected of it. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((from, key) => Reflect.get(Object(from), key), value)
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path)
  if (typeof found === 'string') return found
  throw new Error(`No text at ${path.join('.')} of ${JSON.stringify(value)}`)
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  if (Array.isArray(found)) return found
  throw new Error(`No list at ${path.join('.')} of ${JSON.stringify(value)}`)
}
