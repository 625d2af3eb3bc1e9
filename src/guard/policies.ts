import { compile, type Compiled, type PolicyOptions } from './policy.ts'

/** Compiled policies by their text: each is compiled once, however many requests bring it. The least used goes first. */
export type Policies = { readonly compile: (text: string) => Compiled }

const defaultMost = 256
// A compiled policy takes some 100 bytes for each character of its text.
const defaultMostCharacters = 1024 * 1024

export function createPolicies(
  options: PolicyOptions = {},
  most = defaultMost,
  mostCharacters = defaultMostCharacters,
): Policies {
  // By the text itself and not by a hash of it: a collision would judge by another's rules.
  const known = new Map<string, Compiled>()
  let characters = 0
  return {
    compile: (text) => {
      const before = known.get(text)
      if (before !== undefined) {
        known.delete(text)
        known.set(text, before)
        return before
      }
      const compiled = compile(text, options)
      known.set(text, compiled)
      characters += text.length
      for (const oldest of known.keys()) {
        if (known.size <= most && characters <= mostCharacters) break
        known.delete(oldest)
        characters -= oldest.length
      }
      return compiled
    },
  }
}
