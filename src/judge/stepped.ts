import type { AnswerJudge, Step } from './answer.ts'
import type { PlainMove, PlainStop, Said } from './messages.ts'
import { noteFinding } from './noted.ts'

/** What was decided of an answer, as it is told to the main thread. */
export function toStepped({ isInflated }: AnswerJudge, steps: readonly Step[]): Said {
  return {
    kind: 'stepped',
    isInflated,
    moves: steps.flatMap(({ moves }) => moves.map(toPlain)),
    stop: stopIn(steps),
    findings: steps.flatMap(({ findings }) => findings.map(noteFinding)),
  }
}

/** Bytes of which the judge may keep more than a window are copied: what is told is transferred. */
function toPlain(move: Step['moves'][number]): PlainMove {
  return move.kind === 'pass' ? move : { ...move, by: move.by.slice() }
}

function stopIn(steps: readonly Step[]): PlainStop | null {
  const stop = steps.map((step) => step.stop).find((found) => found !== null)
  if (stop === undefined) return null
  const finding = noteFinding(stop.finding)
  return stop.kind === 'block'
    ? { kind: 'block', finding }
    : { kind: 'steer', finding, closing: stop.closing.slice() }
}

/** What is handed over instead of copied. */
export function buffersIn(said: Said): ArrayBuffer[] {
  switch (said.kind) {
    case 'ruled':
      return said.ruling.kind === 'replace' ? [said.ruling.body.buffer] : []
    case 'stepped': {
      const moved = said.moves.flatMap((move) => (move.kind === 'replace' ? [move.by.buffer] : []))
      return said.stop?.kind === 'steer' ? [...moved, said.stop.closing.buffer] : moved
    }
    case 'closed':
    case 'failed':
      return []
  }
}
