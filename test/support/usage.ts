import type { Usage } from '../../src/conversation/usage.ts'

/** Counts of which nothing was told, for tests to fill in. */
export const unknownUsage: Usage = {
  input: null,
  cachedInput: null,
  cacheWrite: null,
  output: null,
  reasoning: null,
}
