import { constants, crc32, deflateRawSync } from 'node:zlib'
import { garbled, written, type Frame, type Framing } from './frame.ts'
import { createRandom } from './random.ts'
import { stallMs, type Interruption } from './misbehave.ts'
import type { Pace } from './model.ts'

/**
 * From frames to the steps of sending them: chunks, pauses, and the accident, if there is to be one. No clock
 * here: a pause is a number until `send.ts` keeps it.
 */
export type Step =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'reset' }

export type Manner = {
  readonly framing: Framing
  readonly pace: Pace
  readonly silenceMs: number
  readonly interruption: Interruption | null
  readonly seed: number
}

const firstTokenMs = 150
const tokenMs = 1000 / 30
/** A stream from a socket lets others run between its reads; one made in process must be told to. */
const framesPerTurn = 64
/** A reset takes with it what the other side has received but not read, so what was sent gets this long. */
const accident: readonly Step[] = [{ kind: 'wait', ms: 20 }, { kind: 'reset' }]
const encoder = new TextEncoder()

export function* steps(frames: Iterable<Frame>, manner: Manner): Iterable<Step> {
  if (manner.silenceMs > 0) yield { kind: 'wait', ms: manner.silenceMs }
  else if (manner.pace === 'human') yield { kind: 'wait', ms: firstTokenMs }
  if (manner.framing === 'document') yield* document(frames, manner)
  else yield* events(frames, manner)
}

/** How long the whole answer would have taken to stream. */
export function durationMs(tokens: number, pace: Pace): number {
  return pace === 'fast' ? 0 : tokens * tokenMs
}

function* events(frames: Iterable<Frame>, manner: Manner): Iterable<Step> {
  const { framing, interruption } = manner
  const random = createRandom(manner.seed)
  const sent = { events: 0, tokens: 0 }
  let pending = interruption
  for (const frame of frames) {
    const isDue = pending !== null && (sent[pending.unit] >= pending.after || endsFirst(frame, pending))
    if (pending?.kind === 'no-end' && frame.kind === 'end') return
    if (pending?.kind === 'cut' && isDue) return yield* accident
    if (pending?.kind === 'stall' && isDue) yield { kind: 'wait', ms: stallMs }
    if (pending?.kind === 'garble' && isDue) yield send(garbled(frame, framing, sent.events === 0))
    if (isDue && pending?.kind !== 'no-end') pending = null
    if (frame.kind === 'token' && sent.tokens++ > 0 && manner.pace !== 'fast') {
      yield { kind: 'wait', ms: tokenMs * (0.6 + 0.8 * random.next()) }
    }
    if (++sent.events % framesPerTurn === 0) yield { kind: 'wait', ms: 0 }
    for (const text of written(frame, framing, sent.events === 1)) yield send(text)
  }
}

/** An answer with fewer tokens than the accident waits for has it before its end. */
function endsFirst(frame: Frame, interruption: Interruption): boolean {
  return frame.kind === 'end' && interruption.unit === 'tokens'
}

/** A whole body has its accident after two thirds of its bytes, a pause after one. */
function* document(frames: Iterable<Frame>, manner: Manner): Iterable<Step> {
  const kind = manner.interruption?.kind ?? 'no-end'
  if (kind === 'no-end') return yield* whole(frames)
  const text = [...frames].flatMap((frame) => [...written(frame, 'document', true)]).join('')
  const cut = Math.floor(text.length / (kind === 'stall' ? 3 : 1.5))
  yield send(text.slice(0, cut))
  if (kind === 'cut') yield* accident
  if (kind !== 'stall') return
  yield { kind: 'wait', ms: stallMs }
  yield send(text.slice(cut))
}

function* whole(frames: Iterable<Frame>): Iterable<Step> {
  let chunks = 0
  for (const frame of frames) {
    for (const text of written(frame, 'document', true)) {
      if (++chunks % framesPerTurn === 0) yield { kind: 'wait', ms: 0 }
      yield send(text)
    }
  }
}

/**
 * Chunks of `size` bytes, wherever events end. What is left over goes out before any pause, as it would from a
 * socket.
 */
export function* cut(all: Iterable<Step>, size: number): Iterable<Step> {
  let held = new Uint8Array()
  for (const step of all) {
    if (step.kind !== 'send') {
      if (held.length > 0) yield { kind: 'send', bytes: held }
      held = new Uint8Array()
      yield step
      continue
    }
    const bytes = Buffer.concat([held, step.bytes])
    const end = bytes.length - (bytes.length % size)
    for (let at = 0; at < end; at += size)
      yield { kind: 'send', bytes: new Uint8Array(bytes.subarray(at, at + size)) }
    held = new Uint8Array(bytes.subarray(end))
  }
  if (held.length > 0) yield { kind: 'send', bytes: held }
}

/**
 * One gzip member in which every chunk can be read as soon as it has come: each is a deflate block of its own,
 * ended by a sync flush, and blocks may follow each other as they are.
 */
export function* gzipped(all: Iterable<Step>): Iterable<Step> {
  let sum = 0
  let length = 0
  yield { kind: 'send', bytes: new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]) }
  for (const step of all) {
    if (step.kind !== 'send') {
      yield step
      continue
    }
    sum = crc32(step.bytes, sum)
    length += step.bytes.length
    yield { kind: 'send', bytes: deflateRawSync(step.bytes, { finishFlush: constants.Z_SYNC_FLUSH }) }
  }
  const end = Buffer.alloc(10)
  end.writeUInt8(3)
  end.writeUInt32LE(sum, 2)
  end.writeUInt32LE(length % 2 ** 32, 6)
  yield { kind: 'send', bytes: end }
}

function send(text: string): Step {
  return { kind: 'send', bytes: encoder.encode(text) }
}
