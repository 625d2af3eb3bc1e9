import type { Fault } from '../core/fault.ts'
import { concatenate, type Bytes } from '../wire/body.ts'
import type { Source } from '../wire/tee.ts'
import type { HearingOf } from './hearing.ts'
import { createHold, type Step } from './hold.ts'
import type { Answered } from './judges.ts'
import type { AnswerHead, PlainMove } from './messages.ts'
import type { Needs } from './needs.ts'
import { blockedBy, missed, unjudged } from './verdict.ts'
import { createWatch, type Watch } from './watch.ts'

/** The rules of one answer: held back until they let it go, or only watched. */
export type AnswerHearing = {
  readonly hear: (opening: Opening, response: Response) => Promise<Heard>
  readonly isClosed: () => boolean
  /** Tells the judge what was only watched. */
  readonly finish: () => Promise<void>
}

/** `show`, to be asked once the bytes are recorded: what the client gets for them. */
export type Opening =
  | { readonly kind: 'whole'; readonly bytes: Bytes | null; readonly show?: () => Bytes }
  | { readonly kind: 'flowing'; readonly source: Source }

/** `drops`: headers that are no longer true of it. */
export type Heard = { readonly opening: Opening; readonly drops: readonly string[] }

// Until then an answer that is stopped at its beginning is refused with a status of its own.
const mostOpeningMs = 2_000

export function createAnswerHearing(of: HearingOf & { readonly needs: Needs }): AnswerHearing {
  const { at, needs, settings, minutes, observe, now } = of
  let head: AnswerHead | null = null
  let watch: Watch | null = null
  let isClosed = false
  let isInflated = false

  async function hear(opening: Opening, { headers }: Response): Promise<Heard> {
    const isEmpty = opening.kind === 'whole' && opening.bytes === null
    if (isEmpty || !(needs.holds || needs.watches)) return { opening, drops: [] }
    head = {
      contentType: headers.get('content-type') ?? '',
      encoding: headers.get('content-encoding') ?? '',
    }
    if (!needs.holds) {
      watch = createWatch(opening, settings.mostHeldBytes)
      return { opening: watch.opening, drops: [] }
    }
    const heard = opening.kind === 'whole' ? await holdWhole(opening) : await holdFlow(opening.source, head)
    return { opening: heard, drops: isInflated ? ['content-encoding', 'content-length'] : ['content-length'] }
  }

  async function holdWhole(opening: Opening & { kind: 'whole' }): Promise<Opening> {
    const { bytes } = opening
    if (bytes === null) return opening
    const since = now()
    observe.held(bytes.byteLength)
    const step = await tell(bytes.slice(), 'complete')
    observe.held(-bytes.byteLength)
    observe.waited((now() - since) / 1000)
    if (step.kind === 'pass') return opening
    if (step.stop?.kind === 'fail') {
      minutes.dropped(bytes)
      throw step.stop.error
    }
    const shown = step.stop === null ? moved(bytes, step.moves) : step.stop.by
    if (shown === null) return opening
    const show = (): Bytes => {
      minutes.replaced(bytes, shown)
      return shown
    }
    return { kind: 'whole', bytes, show }
  }

  async function holdFlow(source: Source, { contentType }: AnswerHead): Promise<Opening> {
    const hold = createHold(source, {
      tell,
      tick: async () => toStep(await at.ask({ kind: 'tick' })),
      full: () => {
        const step = lost('more was held than may be')
        return step.kind === 'pass' || step.stop === null ? 'pass' : step.stop
      },
      came: of.came,
      dropped: minutes.dropped,
      replaced: minutes.replaced,
      held: observe.held,
      waiting: of.waiting,
      now,
      mostBytes: settings.mostHeldBytes,
      holdMs: settings.holdMs,
      keepAliveMs: settings.keepAliveMs,
      mayReplace: needs.mayReplace,
    })
    // Half of what does not come as events is of no use: its beginning may wait for its end.
    await hold.opened(contentType.startsWith('text/event-stream') ? mostOpeningMs : Infinity)
    return { kind: 'flowing', source: hold }
  }

  async function tell(bytes: Bytes | null, end: 'complete' | 'cut' | null): Promise<Step> {
    const told = head
    // Once is enough.
    head = null
    return toStep(await at.ask({ kind: 'answer', head: told, bytes, end }))
  }

  function toStep(answered: Answered): Step {
    if (answered.kind !== 'stepped')
      return lost(answered.kind === 'gone' ? answered.why : 'it said something else')
    const { stop, moves, findings } = answered
    isInflated = answered.isInflated
    minutes.found(findings)
    if (stop === null) return { kind: 'moves', moves, stop }
    minutes.blocked()
    if (stop.kind === 'block')
      return {
        kind: 'moves',
        moves,
        stop: fails(blockedBy(stop.finding, 'answer', { tell: settings.tell, others: findings })),
      }
    isClosed = true
    return { kind: 'moves', moves, stop: { kind: 'close', by: stop.closing } }
  }

  function lost(why: string): Step {
    minutes.found([missed(why, 'answer', minutes.leftBytes())])
    if (needs.onError === 'allow') return { kind: 'pass' }
    minutes.blocked()
    return { kind: 'moves', moves: [], stop: fails(unjudged('answer')) }
  }

  async function finish(): Promise<void> {
    if (watch === null) return
    const { bytes, end } = watch.take()
    const told = await at.ask({ kind: 'answer', head, bytes, end })
    if (told.kind === 'stepped') minutes.found(told.findings)
  }

  return { hear, isClosed: () => isClosed, finish }
}

function fails(error: Fault) {
  return { kind: 'fail', error } as const
}

/** Null where it is what came. */
function moved(bytes: Bytes, moves: readonly PlainMove[]): Bytes | null {
  if (moves.every(({ kind }) => kind === 'pass')) return null
  let at = 0
  const parts = moves.map((move) => {
    const from = at
    at += move.bytes
    return move.kind === 'pass' ? bytes.subarray(from, at) : move.by
  })
  return concatenate(parts)
}
