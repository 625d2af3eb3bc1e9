import { concatenate, type Bytes } from '../wire/body.ts'
import type { Source } from '../wire/tee.ts'
import type { Opening } from './answer-hearing.ts'

/** An answer that is judged when it has left: its bytes are kept beside their way, without a copy, up to a bound. */
export type Watch = {
  readonly opening: Opening
  readonly take: () => { readonly bytes: Bytes; readonly end: 'complete' | 'cut' }
}

export function createWatch(opening: Opening, mostBytes: number): Watch {
  const parts: Uint8Array[] = []
  let size = 0
  let isWhole = false
  const keep = (chunk: Uint8Array): void => {
    if (size < mostBytes) parts.push(chunk.subarray(0, mostBytes - size))
    size += chunk.byteLength
  }
  const take: Watch['take'] = () => {
    return { bytes: concatenate(parts), end: isWhole && size <= mostBytes ? 'complete' : 'cut' }
  }
  if (opening.kind === 'whole') {
    if (opening.bytes !== null) keep(opening.bytes)
    isWhole = true
    return { opening, take }
  }
  const { source } = opening
  const read: Source['read'] = async () => {
    const next = await source.read()
    if (next.done || next.value === undefined) isWhole = true
    else keep(next.value)
    return next
  }
  return { opening: { kind: 'flowing', source: { read, cancel: () => source.cancel() } }, take }
}
