import type { Desk } from '../trace/desk.ts'
import type { TraceReader } from './reader.ts'

/** The store's two threads as the API wants them: one answers questions, the other removes. */
export function createTraceReader(desk: Desk, remove: (id: string) => Promise<boolean>): TraceReader {
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
    remove,
    totals: () => desk('totals'),
    costs: (query) => desk('costs', query),
    open: () => desk('listOpen'),
    after: (cursor, limit) => desk('after', cursor, { limit }),
    sessions: (filter) => desk('sessions', filter),
    session: (id) => desk('session', id),
  }
}

async function* single<T>(part: T): AsyncGenerator<T> {
  yield part
}
