import type { Fault } from '../core/fault.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { createMarkFinder } from '../wire/mark.ts'

/**
 * What Weir may say within a running answer, and what it understands of one: only in an event stream of a known dialect,
 * not compressed, and only between two events.
 */
export type Voice = {
  readonly heard: (chunk: Uint8Array) => void
  /** Whether the answer has now been told whole, as far as its reader is concerned. */
  readonly toldWhole: (chunk: Uint8Array) => boolean
  /** How a reader learns that the rest will not come. */
  readonly farewell: (fault: Fault) => string
  /** What keeps a silent connection alive; nothing where that could hurt. */
  readonly comment: () => string
}

export function createVoice(response: Response, dialect: Dialect | null, trace: string): Voice {
  const { headers, status } = response
  if (headers.has('content-encoding')) return mute(true)
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false
  if (dialect === null || !isStream || status >= 400) return mute(false)
  let last: Uint8Array = new Uint8Array([newline, newline])
  return {
    heard: (chunk) => (last = chunk),
    toldWhole: createMarkFinder(dialect.endMarks),
    farewell: (fault) => (isBetween(last) ? '' : '\n\n') + dialect.refuseEvent(fault, trace),
    comment: () => (dialect.bearsComments && isBetween(last) ? ': keep-alive\n\n' : ''),
  }
}

const newline = 0x0a
const carriageReturn = 0x0d

/** `toldWhole` when nothing can be read: each part may be the one that tells all. */
function mute(toldWhole: boolean): Voice {
  return { heard: () => {}, toldWhole: () => toldWhole, farewell: () => '', comment: () => '' }
}

function isBetween(chunk: Uint8Array): boolean {
  const [beforeLast, last] = [chunk.at(-2), chunk.at(-1)]
  if (last !== newline) return false
  return beforeLast === newline || (beforeLast === carriageReturn && chunk.at(-3) === newline)
}
