import type { Orders } from './given.ts'
import type { ToJudge } from './messages.ts'

/** Lists of orders as the thread knows them: each is told once, and referred to by its key from then on. */
export type Lists = {
  readonly keyOf: (list: Orders['list']) => number
  /** The thread knows none any more. */
  readonly forget: () => void
}

// Requests may bring their own: one after another is told to the thread, and then it forgets them all.
const mostLists = 256

export function createLists(post: (message: ToJudge) => void): Lists {
  const told = new Map<Orders['list'], number>()
  let last = 0
  return {
    keyOf: (list) => {
      const known = told.get(list)
      if (known !== undefined) return known
      if (told.size >= mostLists) {
        told.clear()
        post({ kind: 'forget' })
      }
      told.set(list, ++last)
      post({ kind: 'orders', key: last, list })
      return last
    },
    forget: () => told.clear(),
  }
}
