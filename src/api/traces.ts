import type { Pool } from '../merge/pool.ts'
import type { Desk } from '../trace/desk.ts'
import { askChange } from '../trace/home/ask-change.ts'
import { localWho } from '../trace/home/who.ts'
import type { TraceReader } from './reader.ts'

/** The store's two threads as the API wants them: one answers questions, the other writes. */
export type Writes = Pick<Pool, 'change'> & {
  /** There may be something to send. */
  readonly wakeSender: () => void
}

export function createTraceReader(desk: Desk, { change, wakeSender }: Writes): TraceReader {
  return {
    list: (query) => desk('list', query),
    get: (id) => desk('get', id),
    raw: async (id) => {
      const [head, raw] = await Promise.all([desk('get', id), desk('raw', id)])
      if (head === null || raw === null) return null
      const { bytes, reads, headers } = raw
      return { head, headers: headers ?? [], parts: single({ bytes, reads }) }
    },
    requestBody: async (id) => {
      const [head, bytes] = await Promise.all([desk('get', id), desk('requestBody', id)])
      return head === null || bytes === null ? null : { headers: head.requestHeaders, bytes }
    },
    remove: async (traces) =>
      Number(await askChange(change, { who: localWho, kind: 'traces-remove', traces })),
    totals: () => desk('totals'),
    costs: (query) => desk('costs', query),
    open: () => desk('listOpen'),
    after: (cursor, limit) => desk('after', cursor, { limit }),
    sessions: (filter) => desk('sessions', filter),
    session: (id) => desk('session', id),
    pushes: () => desk('pushes'),
    retryPushes: async (project) => {
      const waiting = Number(await askChange(change, { who: localWho, kind: 'push-again', project }))
      wakeSender()
      return waiting
    },
  }
}

async function* single<T>(part: T): AsyncGenerator<T> {
  yield part
}
