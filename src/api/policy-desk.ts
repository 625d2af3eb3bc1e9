import { Fault } from '../core/fault.ts'
import type { Ask } from '../guard/detect/remote/means.ts'
import type { GivenMeans } from '../guard/means.ts'
import { createModelAnswers } from '../guard/models.ts'
import type { CheckPolicies, PolicyAnswer } from '../guard/service.ts'
import type { Answered, FromService, ToService } from '../guard/service-thread.ts'

/**
 * The main thread's side of the thread that judges for others. It is started at the first question, and anew after it
 * died or fell silent; what waited for it then is told so, and never that nothing was found.
 */
export type Checker = {
  readonly post: (message: ToService, transfer: ArrayBuffer[]) => void
  readonly end: () => void
}
export type HireChecker = (hear: (message: FromService) => void, gone: (why: string) => void) => Checker

type Pending = {
  readonly bytes: number
  readonly resolve: (answer: PolicyAnswer) => void
  readonly reject: (reason: unknown) => void
}

// Its clients give up after 5 s, so that more than this would wait for nobody.
const mostPending = 64
const mostPendingBytes = 128 * 1024 * 1024
// Each question ends by its own limits after 4 s: a thread that says nothing for this long does not end.
const mostSilenceMs = 15_000

export type PolicyDeskOptions = {
  readonly hire: HireChecker
  readonly means: () => GivenMeans
  /** How a model is asked. */
  readonly ask: Ask
  readonly silenceMs?: number
}

export type PolicyDesk = {
  readonly check: CheckPolicies
  readonly waiting: () => number
  /** The means are others now. */
  readonly meet: () => void
}

export function createPolicyDesk(options: PolicyDeskOptions): PolicyDesk {
  const { hire, means, ask, silenceMs = mostSilenceMs } = options
  const pending = new Map<number, Pending>()
  const models = createModelAnswers(ask, () => checker?.post)
  let checker: Checker | undefined
  let lastNumber = 0
  let bytes = 0
  let silence: Timer | undefined

  function employ(): Checker {
    // One that was replaced may still say this or that, and says that it closed long after its successor has come.
    const hired: Checker = hire(
      (message) => {
        if (checker === hired) hear(message)
      },
      (why) => {
        if (checker === hired) gone(why)
      },
    )
    hired.post({ kind: 'means', ...means() }, [])
    return hired
  }

  function hear(message: FromService): void {
    switch (message.kind) {
      case 'asks':
        return void models.asks(message.number, message.model)
      case 'leaves':
        return models.leaves(message.number)
      case 'answered':
      case 'failed':
        return take(message)
    }
  }

  function take(message: Answered): void {
    const waiting = settle(message.number)
    listen()
    if (message.kind === 'answered') return waiting?.resolve(message.answer)
    waiting?.reject(unjudged(message.why))
  }

  function settle(number: number): Pending | undefined {
    const waiting = pending.get(number)
    pending.delete(number)
    bytes -= waiting?.bytes ?? 0
    return waiting
  }

  function listen(): void {
    clearTimeout(silence)
    silence = pending.size === 0 ? undefined : setTimeout(replace, silenceMs)
  }

  function replace(): void {
    const silent = checker
    gone(`no answer for ${silenceMs / 1000} s`)
    silent?.end()
  }

  function gone(why: string): void {
    checker = undefined
    for (const { reject } of pending.values()) reject(unjudged(why))
    pending.clear()
    bytes = 0
    listen()
  }

  function leave(number: number, reason: unknown): void {
    const waiting = settle(number)
    if (waiting === undefined) return
    checker?.post({ kind: 'leave', number }, [])
    waiting.reject(reason)
    listen()
  }

  const check: CheckPolicies = (question, signal) => {
    const length = question.body.byteLength
    if (pending.size >= mostPending || bytes + length > mostPendingBytes) {
      return Promise.reject(new Fault('overloaded', 'Too many policies to judge', { retryAfterSeconds: 1 }))
    }
    const number = ++lastNumber
    // Given away whole: a view into something larger would take that along.
    const body = length === question.body.buffer.byteLength ? question.body : question.body.slice()
    const onLeave = (): void => leave(number, signal.reason)
    const answer = new Promise<PolicyAnswer>((resolve, reject) => {
      pending.set(number, { bytes: length, resolve, reject })
      bytes += length
    })
    checker ??= employ()
    checker.post({ kind: 'ask', number, question: { ...question, body } }, [body.buffer])
    if (silence === undefined) listen()
    signal.addEventListener('abort', onLeave, { once: true })
    return answer.finally(() => signal.removeEventListener('abort', onLeave))
  }
  return {
    check,
    waiting: () => pending.size,
    meet: () => checker?.post({ kind: 'means', ...means() }, []),
  }
}

function unjudged(why: string): Fault {
  return new Fault('internal', 'These policies could not be judged', { cause: why })
}
