/** Chance that repeats itself: everything the demo makes up follows from a seed (mulberry32 over xxHash). */
export type Random = {
  /** From 0 up to, not including, 1. */
  readonly next: () => number
  /** A whole number from 0 up to, not including, `count`. */
  readonly below: (count: number) => number
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(next() * count)
  return { next, below, pick: (items) => items[below(items.length)] ?? items[0] }
}

export function hashOf(text: string, seed = 0): number {
  return Bun.hash.xxHash32(text, seed >>> 0)
}

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The part of an id after its prefix: base 62, or hexadecimal with `base` 16. */
export function idOf(seed: number, label: string, length: number, base = 62): string {
  const random = createRandom(hashOf(label, seed))
  let id = ''
  while (id.length < length) id += letters[random.below(base)]
  return base === 16 ? id.toLowerCase() : id
}

/** Stands for what a provider signs or encrypts: clients must carry it back untouched. */
export function signatureOf(seed: number, label: string): string {
  return `Weir${idOf(seed, label, 104)}==`
}
