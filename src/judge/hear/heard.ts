import type { JsonObject } from '../../conversation/json.ts'

/**
 * What an event of an answer says, as far as it matters for what may leave: which texts it goes on with and where in
 * it they stand, and what begins and ends with it. What the answer comes to is the merge's affair.
 */
export type Heard = {
  readonly pieces: readonly Piece[]
  /** Who is at a call now: nothing more leaves until it is whole. */
  readonly opens: readonly string[]
  /** Who has come to an end: of a block, of a call, of all there is to say. */
  readonly ends: readonly string[] | 'all'
  /** How much it says beside its pieces, in characters. Nothing of it is to be judged if this and they are nothing. */
  readonly weight: number
  /** The answer's end begins here. */
  readonly isLast: boolean
  /** Nothing that follows belongs to the answer. */
  readonly isOver: boolean
  /** False: what it says is not in the answer as it is rebuilt. */
  readonly isKnown: boolean
  /** What was told before is told otherwise here, and could not be judged any more. */
  readonly isOther: boolean
}

export type Piece = {
  /** Whose it is: a choice, a candidate, a block. They speak one beside the other. */
  readonly speaker: string
  /** The text that it is a piece of. */
  readonly channel: string
  /** Where in the event it stands. */
  readonly path: Path
  readonly text: string
  /**
   * `next`: goes on with the text. `again`: is all of it. `value`: JSON, all of it; `text` is then empty. `seal`: what
   * only the provider can read, and what holds for the text as it was.
   */
  readonly is: 'next' | 'again' | 'value' | 'seal'
}

export type Path = readonly (string | number)[]

/** Of one dialect, for one answer. Events come in their order, each before the merge has it. */
export type Ear = {
  readonly hear: (told: JsonObject, type: string, size: number) => Heard
  /** Which text stands at a place of the answer, by JSON pointer; null if none of those that were told. */
  readonly channelAt: (pointer: string) => string | null
  /** Whose the call is that stands at a place of the answer; null if it does not go on. */
  readonly callerAt: (pointer: string) => string | null
}

export const quiet: Heard = {
  pieces: [],
  opens: [],
  ends: [],
  weight: 0,
  isLast: false,
  isOver: false,
  isKnown: true,
  isOther: false,
}

/** What most events are: a piece of a text, and nothing else. */
export function goesOn(piece: Piece): Heard {
  const { opens, ends, weight, isLast, isOver, isKnown, isOther } = quiet
  return { pieces: [piece], opens, ends, weight, isLast, isOver, isKnown, isOther }
}

/** The place in order of a number that was told: lists of an answer have no holes. */
export function nth(numbers: Iterable<number>, place: number): number | undefined {
  return [...numbers].sort((a, b) => a - b)[place]
}
