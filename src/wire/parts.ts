import type { Bytes } from './body.ts'

/**
 * Bytes in the order in which they came, in few objects: a sender may send 16 MiB byte by byte, and each part that is
 * kept costs 200 bytes beside its own. Small ones are copied together, large ones stay as they came.
 */
/** `room`: bytes that are free behind the last part, in memory of our own. Parts grow, but never move. */
export type Parts = { readonly list: Bytes[]; room: number }

// Any two neighbours are together larger than this.
const blockBytes = 4096

export function createParts(): Parts {
  return { list: [], room: 0 }
}

export function addPart(parts: Parts, part: Bytes): void {
  const { list } = parts
  const last = list.at(-1)
  if (part.byteLength === 0) return
  if (last === undefined || last.byteLength + part.byteLength > blockBytes) {
    list.push(part)
    parts.room = 0
    return
  }
  const length = last.byteLength + part.byteLength
  // A part as it came is also the client's or the provider's: never written to.
  const grown = new Uint8Array(parts.room > 0 ? last.buffer : new ArrayBuffer(blockBytes), 0, length)
  if (parts.room === 0) grown.set(last)
  grown.set(part, last.byteLength)
  list[list.length - 1] = grown
  parts.room = blockBytes - length
}
