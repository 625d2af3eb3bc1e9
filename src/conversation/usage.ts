/** Tokens as the provider counted them. Null is "not told", never zero. */
export type Usage = {
  /** All tokens of the prompt, cached ones included, whatever the dialect's own field means. */
  readonly input: number | null
  readonly cachedInput: number | null
  readonly cacheWrite: number | null
  /** All tokens of the answer, reasoning included. */
  readonly output: number | null
  readonly reasoning: number | null
}
