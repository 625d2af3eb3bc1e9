import { statSync } from 'node:fs'
import { causeOf } from '../core/log.ts'
import { dialects } from '../dialect/index.ts'
import { conversationOf } from './conversation.ts'
import { createCosts } from './costs.ts'
import type { Calls, Question, Reply } from './desk.ts'
import { createHome } from './home/questions.ts'
import { createLists } from './query.ts'
import { createReader } from './read.ts'
import { createSessions } from './session/show.ts'
import { openReader, type Store } from './store.ts'

type Opened = { readonly calls: Calls; readonly store: Store; readonly file: number }

/**
 * The life of the thread that reads: opens the store when it is first asked, and answers. A store that was moved aside
 * as corrupt is let go: its successor is another file under the same name.
 */
export function createReading(path: string, now: () => number, tell: (reply: Reply) => void) {
  let opened: Opened | null = null

  function callsNow(): Calls {
    const file = statSync(path).ino
    if (opened?.file === file) return opened.calls
    opened?.store.close()
    opened = null
    const store = openReader(path)
    opened = { calls: createCalls(store, now), store, file }
    return opened.calls
  }

  function answer({ number, call, values }: Question): void {
    try {
      const asked: (...values: readonly never[]) => unknown = callsNow()[call]
      tell({ number, kind: 'told', value: asked(...(values as readonly never[])) })
    } catch (error) {
      tell({ number, kind: 'failed', why: causeOf(error) })
    }
  }

  return { answer }
}

function createCalls(store: Store, now: () => number): Calls {
  const reader = createReader(store)
  return {
    ...createLists(store, { now }),
    ...reader,
    costs: createCosts(store),
    home: createHome(store, now),
    ...createSessions(store, { reader, dialects, now }),
    get: (id) => {
      const trace = reader.get(id)
      return trace && { ...trace, conversation: conversationOf(trace) }
    },
  }
}
