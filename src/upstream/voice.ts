import type { Fault } from '../core/fault.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { createMarkReader, toMarks } from '../wire/mark.ts'

/**
 * What Weir understands of a running answer, and may say within it: only in an event stream of a known dialect, not
 * compressed, and only between two events.
 */
export type Voice = {
  /** Whether this part tells the end of the answer, as far as its reader is concerned. */
  readonly hear: (chunk: Uint8Array) => Heard
  /** Whether the answer, if it ends here, ends as answers do. */
  readonly mayEnd: () => boolean
  /** How a reader learns that the rest will not come; one that reads no more is told nothing. */
  readonly farewell: (fault: Fault) => string
  /** What keeps a silent connection alive; nothing where that could hurt. */
  readonly comment: () => string
}

/** `perhaps`: it cannot be read here, and any part may tell the end. */
export type Heard = 'more' | 'perhaps' | 'end'

export function createVoice({ headers, status }: Response, dialect: Dialect | null, trace: string): Voice {
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false
  // Of what is compressed any part may tell the end; what has no events tells it by ending.
  if (headers.has('content-encoding')) return mute(isStream ? 'perhaps' : 'more')
  if (dialect === null || !isStream || status >= 400) return mute('more')
  const { begin, enough, end, longest } = marksOf(dialect)
  const read = createMarkReader(longest)
  // They change with the parts: what came last, and whether a beginning and an end have been seen.
  let last: Uint8Array = Uint8Array.of(newline, newline)
  let begun = false
  let toldEnough = false
  return {
    hear: (chunk) => {
      const seen = read(chunk)
      last = chunk
      begun ||= seen.has(begin)
      toldEnough ||= seen.has(enough)
      return toldEnough && seen.has(end) ? 'end' : 'more'
    },
    mayEnd: () => toldEnough || !begun,
    farewell: (fault) =>
      fault.hop === 'client' ? '' : (isBetween(last) ? '' : '\n\n') + dialect.refuseEvent(fault, trace),
    comment: () => (dialect.bearsComments && isBetween(last) ? ': keep-alive\n\n' : ''),
  }
}

type Marks = {
  readonly begin: Buffer[]
  readonly enough: Buffer[]
  readonly end: Buffer[]
  readonly longest: number
}

const marks = new Map<Dialect, Marks>()

/** Made once for each dialect: a stream should not pay for them. */
function marksOf(dialect: Dialect): Marks {
  const known = marks.get(dialect)
  if (known !== undefined) return known
  const [begin, enough, end] = [
    toMarks(dialect.beginMarks),
    toMarks(dialect.mayEndAfter),
    toMarks(dialect.endMarks),
  ]
  const longest = Math.max(...[...begin, ...enough, ...end].map((mark) => mark.byteLength))
  const made = { begin, enough, end, longest }
  marks.set(dialect, made)
  return made
}

const newline = 0x0a
const carriageReturn = 0x0d

function mute(heard: Heard): Voice {
  return { hear: () => heard, mayEnd: () => true, farewell: () => '', comment: () => '' }
}

function isBetween(chunk: Uint8Array): boolean {
  const [beforeLast, last] = [chunk.at(-2), chunk.at(-1)]
  if (last !== newline) return false
  return beforeLast === newline || (beforeLast === carriageReturn && chunk.at(-3) === newline)
}
