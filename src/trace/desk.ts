import { Fault } from '../core/fault.ts'
import type { CostQuery, CostTotals } from './costs.ts'
import type { Lists } from './query.ts'
import type { Reader } from './read.ts'

/**
 * The main thread's side of the thread that reads: every question is a message, so that a slow search stalls neither the
 * flow nor the recording. The thread is started at the first question, and anew after it died.
 */
export type Calls = Pick<Lists, 'list' | 'after' | 'totals'> &
  Reader & { readonly costs: (query: CostQuery) => CostTotals }
export type Call = keyof Calls

export type Question = { readonly number: number; readonly call: Call; readonly values: readonly unknown[] }
export type Reply =
  | { readonly number: number; readonly kind: 'told'; readonly value: unknown }
  | { readonly number: number; readonly kind: 'failed'; readonly why: string }

export type Clerk = { readonly ask: (question: Question) => void }
export type HireClerk = (hear: (reply: Reply) => void, gone: (why: string) => void) => Clerk

export type Desk = <Name extends Call>(
  call: Name,
  ...values: Parameters<Calls[Name]>
) => Promise<Awaited<ReturnType<Calls[Name]>>>

type Pending = { readonly resolve: (value: unknown) => void; readonly reject: (fault: Fault) => void }

// More questions at once than this are no person's, and each may take its thread 50 ms.
const mostPending = 100

export function createDesk(hire: HireClerk): Desk {
  const pending = new Map<number, Pending>()
  let clerk: Clerk | undefined
  let lastNumber = 0

  function hear(reply: Reply): void {
    const waiting = pending.get(reply.number)
    pending.delete(reply.number)
    if (reply.kind === 'told') return waiting?.resolve(reply.value)
    waiting?.reject(unreadable(reply.why))
  }

  function gone(why: string): void {
    clerk = undefined
    for (const { reject } of pending.values()) reject(unreadable(why))
    pending.clear()
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
      clerk ??= hire(hear, gone)
      clerk.ask({ number, call, values })
    })
  }

  // The thread answers each call with what `Calls` says of it: the one place where that is taken on trust.
  return ask as Desk
}

function unreadable(why: string): Fault {
  return new Fault('internal', 'The store of traces cannot be read now', { cause: why })
}
