import { concatenate, type Bytes } from '../wire/body.ts'
import type { Move } from './answer.ts'

/** What has been let go, as moves over the bytes that were taken. */
export type Way = {
  /** So many bytes came, and said so many. */
  readonly taken: (raw: number, read: number) => void
  /** The next bytes of what was read may leave, as they are or otherwise. */
  readonly go: (bytes: Bytes, by: Bytes | null) => void
  /** Everything that was taken may leave, read or not. */
  readonly goAll: () => void
  /** What has gone since the last time. */
  readonly moves: () => readonly Move[]
  /** How many of the bytes that were taken have left. */
  readonly left: () => number
}

const none: readonly Move[] = []

/** Bytes that are read as they came. */
export function createPlainWay(): Way {
  let moves: Move[] = []
  let passed = 0
  let [taken, left] = [0, 0]
  const flush = (): void => {
    if (passed > 0) moves.push({ kind: 'pass', bytes: passed })
    passed = 0
  }
  return {
    taken: (raw) => void (taken += raw),
    go: ({ length: size }, by) => {
      left += size
      if (by === null) {
        passed += size
        return
      }
      flush()
      moves.push({ kind: 'replace', bytes: size, by })
    },
    goAll: () => {
      passed += taken - left
      left = taken
    },
    moves: () => {
      flush()
      if (moves.length === 0) return none
      const told = moves
      moves = []
      return told
    },
    left: () => left,
  }
}

/**
 * Bytes that were compressed. What is told as it came leaves in the pieces it came in, each once everything that could
 * be read up to its end may leave: of what a decoder has not given yet nobody can read anything before more comes.
 */
export function createPackedWay(isInflated: boolean): Way {
  const pieces: { readonly raw: number; readonly end: number }[] = []
  let [first, silentRaw, read, gone, left] = [0, 0, 0, 0, 0]
  let by: Bytes[] = []
  let isAll = false

  /** How many bytes that came are gone with what has gone of what was read. */
  function settle(): number {
    let raw = 0
    for (let piece = pieces[first]; piece !== undefined && piece.end <= gone; piece = pieces[++first]) {
      raw += piece.raw
    }
    if (isAll) {
      raw += silentRaw
      silentRaw = 0
    }
    if (first > 1024) {
      pieces.splice(0, first)
      first = 0
    }
    left += raw
    return raw
  }
  return {
    taken: (raw, size) => {
      silentRaw += raw
      if (size === 0) return
      read += size
      pieces.push({ raw: silentRaw, end: read })
      silentRaw = 0
    },
    go: (bytes, other) => {
      gone += bytes.length
      if (isInflated) by.push(other ?? bytes)
    },
    goAll: () => {
      gone = read
      isAll = true
    },
    moves: () => {
      const raw = settle()
      if (!isInflated) return raw === 0 ? none : [{ kind: 'pass', bytes: raw }]
      if (raw === 0 && by.length === 0) return none
      const move: Move = { kind: 'replace', bytes: raw, by: concatenate(by) }
      by = []
      return [move]
    },
    left: () => left,
  }
}
