import { causeOf } from '../core/log.ts'
import type { Calls, Question, Reply } from './desk.ts'
import { createLists } from './query.ts'
import { createReader } from './read.ts'
import { openReader } from './store.ts'

/** The life of the thread that reads: opens the store when it is first asked, and answers. */
export function createReading(path: string, now: () => number, tell: (reply: Reply) => void) {
  let calls: Calls | null = null

  function open(): Calls {
    const store = openReader(path)
    return { ...createLists(store, { now }), ...createReader(store) }
  }

  function answer({ number, call, values }: Question): void {
    try {
      calls ??= open()
      const asked: (...values: readonly never[]) => unknown = calls[call]
      tell({ number, kind: 'told', value: asked(...(values as readonly never[])) })
    } catch (error) {
      tell({ number, kind: 'failed', why: causeOf(error) })
    }
  }

  return { answer }
}
