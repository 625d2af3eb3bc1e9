import { causeOf } from '../core/log.ts'
import { dialects } from '../dialect/index.ts'
import { conversationOf } from './conversation.ts'
import { createCosts } from './costs.ts'
import { createCurrent } from './current.ts'
import type { Calls, Question, Reply } from './desk.ts'
import { createHome } from './home/questions.ts'
import { createWaiting } from './push/waiting.ts'
import { createLists } from './query.ts'
import { createReader } from './read.ts'
import { createSessions } from './session/show.ts'
import type { Store } from './store.ts'

/** The life of the thread that reads: opens the store when it is first asked, and answers. */
export function createReading(path: string, now: () => number, tell: (reply: Reply) => void) {
  const callsNow = createCurrent(path, (store) => createCalls(store, now))

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
    pushes: createWaiting(store).sums,
    ...createSessions(store, { reader, dialects, now }),
    get: (id) => {
      const trace = reader.get(id)
      return trace && { ...trace, conversation: conversationOf(trace) }
    },
  }
}
