import { done, written, type Frame, type Framing } from './frame.ts'
import { madeText, type Text } from './text.ts'

/**
 * A body of exactly so many bytes, without making it first: two small ones are measured, the rest is arithmetic,
 * and what is missing at the end is spaces within the last JSON. A body cannot be smaller than an empty answer.
 */
export type Write = (text: Text) => Iterable<Frame>

const piece = ' All this water went over the weir, and not one drop of it was lost.'.repeat(15)
/** Every token's frame is padded to this, or counters that grow within it would spoil the arithmetic. */
const tokenFrameBytes = 2000
/** The counts of the longest body have this many more digits than those of the measured ones. */
const digitBytes = 256

export function* fitted(bytes: number, write: Write, framing: Framing): Iterable<Frame> {
  const one = sizeOf(filled(write, 1), framing)
  const step = sizeOf(filled(write, 2), framing) - one
  const count = Math.max(Math.floor((bytes - one - digitBytes) / step) + 1, 0)
  let sent = 0
  let index = 0
  let held: Frame[] = []
  for (const frame of filled(write, count)) {
    held.push(frame)
    if (frame.kind !== 'token') continue
    for (const next of held) {
      sent += next.kind === 'token' ? tokenFrameBytes : frameSize(next, framing, index === 0)
      index++
      yield next
    }
    held = []
  }
  const last = held.findLastIndex((frame) => frame.data !== done)
  const behind = sizeOf(held.slice(last + 1), framing)
  for (const [at, frame] of held.entries()) {
    // Its size is not asked for: a whole answer is one frame, and measuring it would be making it.
    if (at === last) yield { ...frame, width: bytes - sent - behind }
    else yield frame
    if (at < last) sent += frameSize(frame, framing, index + at === 0)
  }
}

function* filled(write: Write, count: number): Iterable<Frame> {
  for (const frame of write(madeText(count, () => piece))) {
    yield frame.kind === 'token' ? { ...frame, width: tokenFrameBytes } : frame
  }
}

function sizeOf(frames: Iterable<Frame>, framing: Framing): number {
  let size = 0
  let index = 0
  for (const frame of frames) size += frameSize(frame, framing, index++ === 0)
  return size
}

function frameSize(frame: Frame, framing: Framing, isFirst: boolean): number {
  let size = 0
  for (const text of written(frame, framing, isFirst)) size += Buffer.byteLength(text)
  return size
}
