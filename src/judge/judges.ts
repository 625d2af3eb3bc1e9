import type { Clock } from '../core/clock.ts'
import { causeOf, type Log } from '../core/log.ts'
import type { Ask } from '../guard/detect/remote/means.ts'
import type { GivenMeans } from '../guard/means.ts'
import { createModelAnswers } from '../guard/models.ts'
import { createAsks } from './asks.ts'
import type { Orders } from './given.ts'
import type { Bytes } from '../wire/body.ts'
import { createLists } from './lists.ts'
import type { CaseQuestion, FromJudge, Question, Said, ToJudge } from './messages.ts'
import { logRemark } from './remarks.ts'

/**
 * The main thread's side of the thread that judges. Whatever becomes of that thread, each question is answered here: by
 * it, or with `gone` once it has died, hung, taken too long, or has more in hand than it may.
 */
export type Judges = {
  readonly open: (orders: Orders) => CaseAt
  /** Starts the thread, so that the first request need not wait for it. */
  readonly wake: () => void
  /** The means are others now. */
  readonly meet: () => void
  readonly state: () => JudgesState
  readonly stop: () => void
}

/** One exchange. A case that is gone once stays gone. */
export type CaseAt = {
  readonly request: (question: Omit<Question, 'orders'>, bytes: Bytes | null) => Promise<Answered>
  readonly ask: (question: Exclude<CaseQuestion, { kind: 'request' }>) => Promise<Answered>
  /** Its request is no longer in hand. */
  readonly end: () => void
}

export type Answered = Exclude<Said, { kind: 'failed' }> | Gone
export type Gone = { readonly kind: 'gone'; readonly why: string }

export type JudgesState = {
  readonly restarts: number
  readonly waiting: number
  readonly inHandBytes: number
}

/** A thread as far as this knows it; main.ts makes real ones. */
export type JudgeHand = {
  readonly post: (message: ToJudge, transfer: ArrayBuffer[]) => void
  readonly end: () => void
}
export type HireJudge = (hear: (message: FromJudge) => void, gone: (why: string) => void) => JudgeHand

export type JudgesOptions = {
  readonly hire: HireJudge
  readonly settings: () => { readonly waitMs: number; readonly mostWaitingBytes: number }
  readonly means: () => GivenMeans
  /** How a model is asked. */
  readonly ask: Ask
  /** Told of each answer: how long the thread worked on it. */
  readonly judged: (said: Said, ms: number) => void
  readonly log: Log
  readonly now: Clock
  readonly silenceMs?: number
}

// A policy may take a second, and several may wait for their turn; a thread that lives says so within it.
const mostSilenceMs = 5_000
const mostRestartDelayMs = 5_000

export function createJudges(options: JudgesOptions): Judges {
  const { hire, settings, judged, log, now, silenceMs = mostSilenceMs } = options
  const asks = createAsks(() => (watching = void clearInterval(watching)))
  const arrivals: (() => void)[] = []
  const models = createModelAnswers(options.ask, () => hand?.post)
  const lists = createLists((message) => hand?.post(message, []))
  let hand: JudgeHand | undefined
  // `requestBytes`: of requests that are judged, and stay in hand until their exchange is over.
  let [lastCase, life, restarts, deathsInARow, requestBytes, heardAt] = [0, 0, 0, 0, 0, 0]
  let watching: Timer | undefined
  let hiring: Timer | undefined
  let isOver = false

  function employ(): void {
    hiring = undefined
    if (isOver || hand !== undefined) return
    life++
    lists.forget()
    try {
      const hired: JudgeHand = hire(
        (message) => {
          if (hand === hired) hear(message)
        },
        (why) => {
          if (hand === hired) gone(why)
        },
      )
      hand = hired
      hired.post({ kind: 'means', ...options.means() }, [])
      for (const arrived of arrivals.splice(0)) arrived()
    } catch (error) {
      gone(causeOf(error))
    }
  }

  function hear(message: FromJudge): void {
    heardAt = now()
    switch (message.kind) {
      case 'alive':
        return
      case 'asks':
        return void models.asks(message.number, message.model)
      case 'leaves':
        return models.leaves(message.number)
      case 'remark':
        return logRemark(log, message)
      case 'said':
        return take(message)
    }
  }

  function take({ ask, said, ms }: FromJudge & { kind: 'said' }): void {
    deathsInARow = 0
    judged(said, ms)
    if (said.kind !== 'failed') return asks.settle(ask, said)
    log('error', 'bug', { where: 'judge', cause: said.why })
    asks.settle(ask, { kind: 'gone', why: 'it failed' })
  }

  /** One that hangs does not die by itself. */
  function watch(): void {
    if (watching !== undefined) return
    heardAt = now()
    watching = setInterval(() => {
      if (now() - heardAt < silenceMs) return hand?.post({ kind: 'ping' }, [])
      const hung = hand
      gone(`it said nothing for ${silenceMs / 1000} s`)
      hung?.end()
    }, silenceMs / 4)
  }

  function gone(why: string): void {
    hand = undefined
    if (isOver) return
    restarts++
    const delayMs = Math.min(10 * 2 ** Math.min(deathsInARow++, 20), mostRestartDelayMs)
    log('error', 'judge-died', { why, waiting: asks.count(), restartMs: delayMs })
    asks.settleAll({ kind: 'gone', why: 'the thread that judges died' })
    hiring = setTimeout(employ, delayMs)
  }

  /** Between two threads there are some milliseconds, at first. */
  async function whenThere(): Promise<void> {
    if (hand === undefined && hiring === undefined) employ()
    if (hand !== undefined) return
    await Promise.race([new Promise<void>((resolve) => arrivals.push(resolve)), Bun.sleep(settings().waitMs)])
  }

  function ask(number: number, question: CaseQuestion): Promise<Answered> {
    const at = hand
    if (at === undefined) return Promise.resolve({ kind: 'gone', why: 'the thread that judges is not there' })
    const bytes = 'bytes' in question ? (question.bytes?.byteLength ?? 0) : 0
    const { waitMs, mostWaitingBytes } = settings()
    if (bytes > 0 && inHandBytes() + bytes > mostWaitingBytes)
      return Promise.resolve({ kind: 'gone', why: 'too much waits to be judged' })
    const { id, answered } = asks.add(bytes, waitMs)
    watch()
    const transfer = 'bytes' in question && question.bytes !== null ? [question.bytes.buffer] : []
    at.post({ ask: id, case: number, ...question }, transfer)
    return answered
  }

  function inHandBytes(): number {
    return asks.bytes() + requestBytes
  }

  function open({ list }: Orders): CaseAt {
    const number = ++lastCase
    let born = -1
    let ownBytes = 0
    let isGone = false

    /** Nothing is asked of it any more, its end neither: the thread would keep what it was told for ever. */
    function leave(): void {
      if (!isGone && born === life) hand?.post({ kind: 'drop', case: number }, [])
      isGone = true
    }

    async function tell(question: CaseQuestion): Promise<Answered> {
      if (isGone || born !== life) return { kind: 'gone', why: 'the thread that judges died' }
      const answered = await ask(number, question)
      if (answered.kind === 'gone') leave()
      return answered
    }

    return {
      request: async (question, bytes) => {
        const size = bytes?.byteLength ?? 0
        await whenThere()
        born = life
        const answered = await tell({
          kind: 'request',
          question: { ...question, orders: lists.keyOf(list) },
          bytes,
        })
        if (answered.kind === 'gone') return answered
        ownBytes = size
        requestBytes += size
        return answered
      },
      ask: tell,
      end: () => {
        requestBytes -= ownBytes
        ownBytes = 0
      },
    }
  }

  return {
    open,
    wake: () => {
      if (hand === undefined && hiring === undefined) employ()
    },
    meet: () => {
      lists.forget()
      hand?.post({ kind: 'means', ...options.means() }, [])
    },
    state: () => ({ restarts, waiting: asks.count(), inHandBytes: inHandBytes() }),
    stop: () => {
      isOver = true
      clearInterval(watching)
      clearTimeout(hiring)
      hand?.end()
      hand = undefined
      asks.settleAll({ kind: 'gone', why: 'Weir is stopping' })
    },
  }
}
