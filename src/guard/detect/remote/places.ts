import { fail } from './failure.ts'

/** So many at once, so many waiting for that, in the order in which they came. */
export type Places = {
  readonly take: (signal: AbortSignal) => Promise<void>
  /** Once for each place taken. */
  readonly leave: () => void
}

export function createPlaces(most: { readonly maxConcurrent: number; readonly maxWaiting: number }): Places {
  const waiting = new Set<() => void>()
  let taken = 0
  return {
    take: async (signal) => {
      if (taken < most.maxConcurrent) {
        taken++
        return
      }
      if (waiting.size >= most.maxWaiting) fail('busy', `${most.maxWaiting} calls wait for it already`)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        waiting.delete(enter)
        reject(signal.reason)
      }
      waiting.add(enter)
      signal.addEventListener('abort', leave, { once: true })
      await promise
    },
    leave: () => {
      const [next] = waiting
      if (next === undefined) taken--
      else {
        // The place goes from hand to hand: nobody who comes now is faster.
        waiting.delete(next)
        next()
      }
    },
  }
}
