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
// A batch is 8 MiB, or one body that is larger. While one is copied the worker has another in hand.
const mostSpareBytes = 16 << 20
const mostSpares = 4

export function createSpares(): Spares {
  const spares: ArrayBuffer[] = []
  let held = 0
  return {
    fill: (chunks, bytes) => {
      const found = bytes < leastSpareBytes ? -1 : spares.findIndex(({ byteLength }) => byteLength >= bytes)
      const [buffer] = found === -1 ? [] : spares.splice(found, 1)
      if (buffer === undefined) return concatenate(chunks).buffer
      held -= buffer.byteLength
      const target = new Uint8Array(buffer)
      let at = 0
      for (const chunk of chunks) {
        target.set(chunk, at)
        at += chunk.byteLength
      }
      return buffer
    },
    giveBack: (buffer) => {
      if (spares.length >= mostSpares || held + buffer.byteLength > mostSpareBytes) return
      held += buffer.byteLength
      spares.push(buffer)
    },
  }
}
