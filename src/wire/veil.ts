import { concatenate } from './body.ts'
import type { Shown, View } from './tee.ts'

/**
 * A stream of server-sent events without those that its reader is not to see; all other bytes as they were. An event is
 * held back until its end has come, or until it is longer than any that could be hidden.
 */
export type VeilOptions = {
  /** Told of each event with the blank line behind it. */
  readonly hides: (event: Uint8Array) => boolean
  /** Where it stood in the stream, and how long it was. */
  readonly hidden: (at: number, length: number) => void
}

const newline = 0x0a
const carriageReturn = 0x0d
const mostHeldBytes = 64 << 10

export function createVeil({ hides, hidden }: VeilOptions): View {
  let held: Uint8Array[] = []
  let heldBytes = 0
  /** How many bytes were shown or hidden, all that came before what is held. */
  let done = 0
  // Of the line at hand; a line of nothing but a carriage return is a blank one.
  let isBlank = true
  /** The event at hand is too long to be held: it flows. */
  let isFlowing = false

  /** The bytes up to the end of the event, or all of them without one. */
  function eventIn(chunk: Uint8Array, from: number): { readonly end: number; readonly isWhole: boolean } {
    let at = from
    for (;;) {
      const end = chunk.indexOf(newline, at)
      isBlank &&= isNothing(chunk, at, end === -1 ? chunk.byteLength : end)
      if (end === -1) return { end: chunk.byteLength, isWhole: false }
      at = end + 1
      if (isBlank) return { end: at, isWhole: true }
      isBlank = true
    }
  }

  function hold(part: Uint8Array): void {
    if (part.byteLength === 0) return
    held.push(part)
    heldBytes += part.byteLength
  }

  /** What is held is over, shown or not. */
  function release(isShown: boolean): Uint8Array[] {
    if (!isShown) hidden(done, heldBytes)
    done += heldBytes
    heldBytes = 0
    return isShown ? held.splice(0) : (held.splice(0), [])
  }

  function show(chunk: Uint8Array): Shown {
    const before = done
    const pieces: Uint8Array[] = []
    for (let at = 0; at < chunk.byteLength;) {
      const { end, isWhole } = eventIn(chunk, at)
      hold(chunk.subarray(at, end))
      at = end
      isFlowing ||= heldBytes > mostHeldBytes
      if (!isWhole && !isFlowing) break
      pieces.push(...release(isFlowing || !hides(joined(held))))
      if (isWhole) isFlowing = false
    }
    const isAll = heldBytes === 0 && sizeOf(pieces) === chunk.byteLength
    return { bytes: isAll ? chunk : joined(pieces), covers: done - before }
  }

  /** The stream is over: an event without its end is judged as it is. */
  function rest(): Shown {
    const before = done
    const pieces = heldBytes === 0 ? [] : release(isFlowing || !hides(joined(held)))
    return { bytes: joined(pieces), covers: done - before }
  }

  return { show, rest }
}

function isNothing(chunk: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (chunk[at] !== carriageReturn) return false
  return true
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((all, piece) => all + piece.byteLength, 0)
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  return pieces.length === 1 && only !== undefined ? only : concatenate(pieces)
}
