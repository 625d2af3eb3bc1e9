import type { Answered } from './judges.ts'

/** What the thread that judges was asked and has not answered: each is settled once, at the latest when its time is over. */
export type Asks = {
  /** Its number, and what becomes of it. */
  readonly add: (
    bytes: number,
    mostMs: number,
  ) => { readonly id: number; readonly answered: Promise<Answered> }
  readonly settle: (id: number, answered: Answered) => void
  /** All that there are. */
  readonly settleAll: (answered: Answered) => void
  readonly count: () => number
  readonly bytes: () => number
}

type Pending = {
  readonly resolve: (answered: Answered) => void
  readonly bytes: number
  readonly timer: Timer
}

/** `emptied`: nothing is waited for any more. */
export function createAsks(emptied: () => void): Asks {
  const pending = new Map<number, Pending>()
  let last = 0
  let held = 0

  function settle(id: number, answered: Answered): void {
    const waiting = pending.get(id)
    if (waiting === undefined) return
    pending.delete(id)
    clearTimeout(waiting.timer)
    held -= waiting.bytes
    waiting.resolve(answered)
    if (pending.size === 0) emptied()
  }

  return {
    add: (bytes, mostMs) => {
      const id = ++last
      const { promise, resolve } = Promise.withResolvers<Answered>()
      const late = { kind: 'gone', why: `not judged within ${mostMs} ms` } as const
      pending.set(id, { resolve, bytes, timer: setTimeout(settle, mostMs, id, late) })
      held += bytes
      return { id, answered: promise }
    },
    settle,
    settleAll: (answered) => {
      for (const id of [...pending.keys()]) settle(id, answered)
    },
    count: () => pending.size,
    bytes: () => held,
  }
}
