import { estimateTokens } from './estimate.ts'

export type Count = (text: string) => number

// Shorter texts are counted in less time than they are looked up.
const leastLength = 256
const mostRemembered = 16_384

/**
 * Estimates that are made once for a text: an agent sends its whole history again with each turn, and 2 MB take 0.8 ms then
 * and not 12. Of a text its hash is kept, with a seed of our own: a text that meets another's would be counted as that one.
 */
export function createCount(estimate: Count = estimateTokens): Count {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1))
  let recent = new Map<number, number>()
  let older = new Map<number, number>()

  function remember(key: number, tokens: number): number {
    if (recent.size >= mostRemembered) {
      older = recent
      recent = new Map()
    }
    recent.set(key, tokens)
    return tokens
  }

  return (text) => {
    if (text.length < leastLength) return estimate(text)
    // 32 bits of hash above 21 of length: as much as a number holds.
    const key = Bun.hash.xxHash32(text, seed) * 2 ** 21 + (text.length % 2 ** 21)
    return recent.get(key) ?? remember(key, older.get(key) ?? estimate(text))
  }
}
