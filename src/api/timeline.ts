import type { RawReply } from './reader.ts'

/** How an answer came over time, in slots of equal length: small enough to draw, whatever the number of reads. */
export type Timeline = {
  readonly reads: number
  readonly fromMs: number
  readonly slotMs: number
  /** Bytes that came in each slot. */
  readonly slots: readonly number[]
}

const slotCount = 160

export async function timelineOf(raw: RawReply): Promise<Timeline> {
  const { firstByteMs, answeredMs, endedMs } = raw.head.timing
  const reads: number[] = []
  for await (const part of raw.parts) for (const number of part.reads) reads.push(number)
  const fromMs = firstByteMs ?? answeredMs ?? 0
  // Where nobody saw the end, the last read is all that is known.
  const toMs = endedMs ?? (reads.at(-2) ?? 0) / 1000
  const slotMs = Math.max((toMs - fromMs) / slotCount, 0.001)
  const slots = Array.from({ length: slotCount }, () => 0)
  for (let read = 0; read + 1 < reads.length; read += 2) {
    const slot = Math.floor(((reads[read] ?? 0) / 1000 - fromMs) / slotMs)
    const within = Math.min(Math.max(slot, 0), slotCount - 1)
    slots[within] = (slots[within] ?? 0) + (reads[read + 1] ?? 0)
  }
  return { reads: Math.floor(reads.length / 2), fromMs, slotMs, slots }
}
