import { concatenate } from '../wire/body.ts'

/**
 * The memory in which bytes go to the worker, and come back when they are on disk, to be used again: new memory costs
 * 0.6 ms a MiB, of which copying is 0.02. Small ones are not worth their way back.
 */
export type Spares = {
  /** All chunks, one after the other; behind them may be anything. */
  readonly fill: (chunks: readonly Uint8Array[], bytes: number) => ArrayBuffer
  readonly giveBack: (buffer: ArrayBuffer) => void
}

export const leastSpareBytes = 256 << 10
// An agent's requests grow from turn to turn: what carried one has room for the next.
const stepBytes = 1 << 20
// A batch is 8 MiB, or one body that is larger. While one is copied the worker has another in hand.
const mostSpareBytes = 16 << 20
const mostSpares = 4

export function createSpares(): Spares {
  // The smallest first.
  let spares: ArrayBuffer[] = []

  function take(bytes: number): ArrayBuffer {
    const found = spares.findIndex(({ byteLength }) => byteLength >= bytes)
    return (
      spares.splice(found, found === -1 ? 0 : 1)[0] ??
      new ArrayBuffer(Math.ceil(bytes / stepBytes) * stepBytes)
    )
  }

  return {
    fill: (chunks, bytes) => {
      if (bytes < leastSpareBytes) return concatenate(chunks).buffer
      const buffer = take(bytes)
      const target = new Uint8Array(buffer)
      let at = 0
      for (const chunk of chunks) {
        target.set(chunk, at)
        at += chunk.byteLength
      }
      return buffer
    },
    giveBack: (buffer) => {
      if (buffer.byteLength > mostSpareBytes) return
      spares = [...spares, buffer].toSorted((one, other) => one.byteLength - other.byteLength)
      while (spares.length > mostSpares || bytesOf(spares) > mostSpareBytes) spares.shift()
    },
  }
}

function bytesOf(buffers: readonly ArrayBuffer[]): number {
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)
}
