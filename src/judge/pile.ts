import { concatenate } from '../wire/body.ts'

/** Bytes in the order in which they came, given out in other cuts; uncopied where a cut is one that they came in. */
export type Pile = {
  readonly add: (chunk: Uint8Array) => void
  readonly take: (length: number) => Uint8Array
  readonly takeAll: () => Uint8Array[]
  readonly size: () => number
}

export function createPile(): Pile {
  let chunks: Uint8Array[] = []
  let size = 0

  function take(length: number): Uint8Array {
    const parts: Uint8Array[] = []
    let missing = Math.min(length, size)
    size -= missing
    while (missing > 0) {
      const [first] = chunks
      if (first === undefined) break
      parts.push(first.subarray(0, missing))
      if (first.byteLength > missing) chunks[0] = first.subarray(missing)
      else chunks.shift()
      missing -= first.byteLength
    }
    const [only] = parts
    return only !== undefined && parts.length === 1 ? only : concatenate(parts)
  }

  function takeAll(): Uint8Array[] {
    const all = chunks
    chunks = []
    size = 0
    return all
  }

  return {
    add: (chunk) => {
      chunks.push(chunk)
      size += chunk.byteLength
    },
    take,
    takeAll,
    size: () => size,
  }
}
