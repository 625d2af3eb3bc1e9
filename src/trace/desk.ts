import { Fault } from '../core/fault.ts'
import type { TraceConversation } from './conversation.ts'
import type { CostQuery, CostTotals } from './costs.ts'
import type { AskHome } from './home/questions.ts'
import type { PushSums } from './push/entry.ts'
import type { Lists } from './query.ts'
import type { Reader, Trace } from './read.ts'
import type { Sessions } from './session/show.ts'

/**
 * The main thread's side of the thread that reads: every question is a message, so that a slow search stalls neither the
 * flow nor the recording. The thread is started at the first question, and anew after it died or fell silent.
 */
export type Calls = Pick<Lists, 'list' | 'after' | 'totals'> &
  Omit<Reader, 'get'> & { readonly get: (id: string) => ToldTrace | null } & Sessions & {
    readonly costs: (query: CostQuery) => CostTotals
    readonly home: AskHome
    readonly pushes: () => readonly PushSums[]
  }

export type ToldTrace = Trace & { readonly conversation: TraceConversation | null }
export type Call = keyof Calls

export type Question = { readonly number: number; readonly call: Call; readonly values: readonly unknown[] }
export type Reply =
  | { readonly number: number; readonly kind: 'told'; readonly value: unknown }
  | { readonly number: number; readonly kind: 'failed'; readonly why: string }

export type Clerk = { readonly ask: (question: Question) => void; readonly end: () => void }
export type HireClerk = (hear: (reply: Reply) => void, gone: (why: string) => void) => Clerk

export type Desk = <Name extends Call>(
  call: Name,
  ...values: Parameters<Calls[Name]>
) => Promise<Awaited<ReturnType<Calls[Name]>>>

type Pending = { readonly resolve: (value: unknown) => void; readonly reject: (fault: Fault) => void }

// More questions at once than this are no person's, and each may take its thread 50 ms.
const mostPending = 100
// The slowest question there is, a text that is nowhere, takes 50 ms: one that has taken this long does not end.
const mostSilenceMs = 30_000

/** `silenceMs`: how long no answer may come while somebody waits for one. */
export function createDesk(hire: HireClerk, silenceMs = mostSilenceMs): Desk {
  const pending = new Map<number, Pending>()
  let clerk: Clerk | undefined
  let lastNumber = 0
  let silence: Timer | undefined

  function employ(): Clerk {
    const hired: Clerk = hire(hear, (why) => {
      // One that was replaced says that it closed long after its successor has come.
      if (clerk === hired) gone(why)
    })
    return hired
  }

  function hear(reply: Reply): void {
    const waiting = pending.get(reply.number)
    pending.delete(reply.number)
    listen()
    if (reply.kind === 'told') return waiting?.resolve(reply.value)
    waiting?.reject(unreadable(reply.why))
  }

  /** Anew at each answer: whoever asked many questions waits for all of them. */
  function listen(): void {
    clearTimeout(silence)
    silence = pending.size === 0 ? undefined : setTimeout(replace, silenceMs)
  }

  function replace(): void {
    const silent = clerk
    gone(`no answer for ${silenceMs / 1000} s`)
    silent?.end()
  }

  function gone(why: string): void {
    clerk = undefined
    for (const { reject } of pending.values()) reject(unreadable(why))
    pending.clear()
    listen()
  }

  function ask(call: Call, ...values: readonly unknown[]): Promise<unknown> {
    if (pending.size >= mostPending) {
      return Promise.reject(
        new Fault('overloaded', 'Too many questions to the store', { retryAfterSeconds: 1 }),
      )
    }
    return new Promise((resolve, reject) => {
      const number = ++lastNumber
      pending.set(number, { resolve, reject })
      clerk ??= employ()
      clerk.ask({ number, call, values })
      if (silence === undefined) listen()
    })
  }

  // The thread answers each call with what `Calls` says of it: the one place where that is taken on trust.
  return ask as Desk
}

function unreadable(why: string): Fault {
  return new Fault('internal', 'The store of traces cannot be read now', { cause: why })
}
