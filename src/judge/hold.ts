import type { Clock } from '../core/clock.ts'
import { concatenate } from '../wire/body.ts'
import type { Shown, Source, View } from '../wire/tee.ts'
import type { PlainMove } from './messages.ts'
import { createPile } from './pile.ts'

/**
 * A source of which nothing is read on that was not judged. Driven by its reader, as every source: what comes is told
 * to the judge, one telling at a time, while more of it may come up to a bound; what the judge lets go can be read.
 */
export type HoldOptions = {
  /** `bytes` may be null: nothing new, but the end of it. */
  readonly tell: (bytes: Uint8Array<ArrayBuffer> | null, end: 'complete' | 'cut' | null) => Promise<Step>
  /** Judge what there is: nothing of it could leave for a while. */
  readonly tick: () => Promise<Step>
  /** More is held than may be: what becomes of it. */
  readonly full: () => Stop | 'pass'
  /** The provider said something. */
  readonly came: () => void
  /** Bytes of it that nobody will read: they were stopped. */
  readonly dropped: (bytes: Uint8Array) => void
  /** The chunk that was read last is shown as this. */
  readonly replaced: (chunk: Uint8Array, by: Uint8Array) => void
  /** So many bytes more are held; fewer when negative. */
  readonly held: (bytes: number) => void
  /** Once for each `keepAliveMs` without a word for the reader. */
  readonly waiting: () => void
  readonly now: Clock
  readonly mostBytes: number
  readonly holdMs: number
  readonly keepAliveMs: number
  /** Whether anything may be shown otherwise than it came. */
  readonly mayReplace: boolean
}

/** `pass`: it is judged no more, and all of it may leave. */
export type Step =
  | { readonly kind: 'moves'; readonly moves: readonly PlainMove[]; readonly stop: Stop | null }
  | { readonly kind: 'pass' }

export type Stop =
  | { readonly kind: 'fail'; readonly error: Error }
  /** The rest is shown as this, and it is over. */
  | { readonly kind: 'close'; readonly by: Uint8Array<ArrayBuffer> }

export type Hold = Source & {
  /** Kept once something can be read, or it is over, or so much time has gone by. */
  readonly opened: (mostMs: number) => Promise<void>
}

type Moved = { readonly bytes: Uint8Array; readonly shown: Uint8Array | null }
type Telling = 'free' | 'asking' | 'passing'

const nothing = { bytes: new Uint8Array(0), covers: 0 }

export function createHold(source: Source, options: HoldOptions): Hold {
  const { now, mostBytes, holdMs, keepAliveMs } = options
  const ready: Moved[] = []
  /** What came and was not moved yet, and what of it was not told. */
  const held = createPile()
  const untold = createPile()
  let isReading = false
  let telling: Telling = 'free'
  let end: 'complete' | 'cut' | null = null
  let isEndTold = false
  let isNewSinceTick = false
  // Since when nothing could leave, and when that was last told to whoever waits.
  let heldSince = 0
  let saidAt = 0
  let failure: unknown
  let stop: Stop | null = null
  let isOver = false
  let current: Moved | undefined
  let wake: () => void = () => {}

  /** Starts what can be started; everything that has been started wakes the reader when it is done. */
  function advance(): void {
    if (!isReading && end === null && (held.size() < mostBytes || telling === 'passing')) void readMore()
    if (held.size() > 0 && keepAliveMs > 0 && now() - saidAt >= keepAliveMs) {
      saidAt = now()
      options.waiting()
    }
    if (telling !== 'free') return
    if (untold.size() > 0 || (end !== null && !isEndTold)) void tellMore()
    else if (held.size() >= mostBytes) void overflow()
    else if (isNewSinceTick && held.size() > 0 && now() - heldSince >= holdMs) void tick()
  }

  async function readMore(): Promise<void> {
    isReading = true
    try {
      const { done, value } = await source.read()
      if (done || value === undefined) end = 'complete'
      else take(value)
    } catch (error) {
      failure = error
      end = 'cut'
    }
    isReading = false
    wake()
  }

  function take(chunk: Uint8Array): void {
    options.came()
    if (isOver) return
    if (telling === 'passing') return void ready.push({ bytes: chunk, shown: null })
    if (held.size() === 0) heldSince = saidAt = now()
    held.add(chunk)
    untold.add(chunk)
    isNewSinceTick = true
    options.held(chunk.byteLength)
  }

  async function tellMore(): Promise<void> {
    telling = 'asking'
    const parts = untold.takeAll()
    isEndTold = end !== null
    apply(await options.tell(parts.length === 0 ? null : concatenate(parts), end))
    wake()
  }

  async function tick(): Promise<void> {
    telling = 'asking'
    isNewSinceTick = false
    heldSince = now()
    apply(await options.tick())
    wake()
  }

  /** Judged as it is; if even then nothing may leave, it is not for the judge to decide. */
  async function overflow(): Promise<void> {
    const before = held.size()
    await tick()
    if (stop !== null || telling !== 'free' || held.size() < before) return
    const answer = options.full()
    apply(answer === 'pass' ? { kind: 'pass' } : { kind: 'moves', moves: [], stop: answer })
    wake()
  }

  function apply(step: Step): void {
    telling = 'free'
    if (isOver) return
    if (step.kind === 'pass') {
      telling = 'passing'
      options.held(-held.size())
      for (const chunk of held.takeAll()) ready.push({ bytes: chunk, shown: null })
      untold.takeAll()
      return
    }
    for (const move of step.moves) {
      if (move.kind === 'pass' && move.bytes === 0) continue
      ready.push({ bytes: held.take(move.bytes), shown: move.kind === 'replace' ? move.by : null })
      options.held(-move.bytes)
    }
    if (step.moves.length > 0) heldSince = saidAt = now()
    stop = step.stop
  }

  async function read(): ReturnType<Source['read']> {
    for (;;) {
      const next = ready.shift()
      if (next !== undefined) return give(next)
      if (stop !== null) return stopped(stop)
      if (isOver || isJudged()) return over()
      await change()
    }
  }

  function isJudged(): boolean {
    return end !== null && (telling === 'passing' || (isEndTold && telling === 'free'))
  }

  function give(next: Moved): { done: false; value: Uint8Array } {
    current = next
    return { done: false, value: next.bytes }
  }

  function over(): { done: true } {
    isOver = true
    if (failure !== undefined) throw failure
    return { done: true }
  }

  function stopped(why: Stop): { done: false; value: Uint8Array } {
    stop = null
    isOver = true
    void source.cancel()
    const left = rest()
    if (why.kind === 'close') return give({ bytes: left, shown: why.by })
    if (left.byteLength > 0) options.dropped(left)
    throw why.error
  }

  function rest(): Uint8Array {
    options.held(-held.size())
    return held.take(held.size())
  }

  /** Kept when something has happened, or when it is time to judge what there is, or to give a sign of life. */
  async function change(mostMs = Infinity): Promise<void> {
    const changed = new Promise<void>((resolve) => (wake = resolve))
    advance()
    const isHeld = held.size() > 0
    const tickMs = isHeld && isNewSinceTick ? heldSince + holdMs - now() : Infinity
    const lifeMs = isHeld && keepAliveMs > 0 ? saidAt + keepAliveMs - now() : Infinity
    const leftMs = Math.min(mostMs, tickMs, lifeMs)
    const timer = leftMs < Infinity ? setTimeout(wake, Math.max(leftMs, 1)) : undefined
    await changed
    clearTimeout(timer)
  }

  async function opened(mostMs: number): Promise<void> {
    const deadline = now() + mostMs
    while (ready.length === 0 && stop === null && !isOver && !isJudged() && telling !== 'passing') {
      if (now() >= deadline) return
      await change(deadline - now())
    }
    // What is stopped before anything could be read is told as a refusal, and not within an answer.
    if (stop?.kind === 'fail' && ready.length === 0) stopped(stop)
  }

  async function cancel(): Promise<void> {
    isOver = true
    rest()
    wake()
    await source.cancel()
  }

  function show(chunk: Uint8Array): Shown {
    const shown = current?.shown ?? null
    if (shown === null) return { bytes: chunk, covers: chunk.byteLength }
    options.replaced(chunk, shown)
    return { bytes: shown, covers: chunk.byteLength }
  }

  const view: View = { show, rest: () => nothing }
  return { read, cancel, opened, ...(options.mayReplace && { view }) }
}
