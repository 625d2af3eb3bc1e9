import type { Database } from 'bun:sqlite'
import { partsOf } from './asked.ts'
import { type Part, unpackPart } from './data.ts'
import { type Exchange, type Means, createExchange, takeReply } from './exchange.ts'
import { createPieceReader } from './piece-store.ts'
import type { Earlier } from './sums.ts'
import type { OpenRow } from './works.ts'

/** What is stored of an exchange that has not ended, read back: after this thread, or all of Weir, has died. */
export type Restore = {
  readonly ids: () => string[]
  /** Whether anything of it may be stored that is not in memory: what was there at first, and what was let go. */
  readonly isLeft: (id: string) => boolean
  readonly letGo: (id: string) => void
  /** In memory as it was. Null if nothing of it is stored. Its secrets are not: they were never written. */
  readonly restore: (id: string) => Exchange | null
  readonly earlier: (exchange: Exchange) => Earlier
  /** When the first of its answer came, in milliseconds after the start; null if nothing of it is stored. */
  readonly firstReadMs: (id: string) => number | null
}

type PartRow = { whole: number; data: Uint8Array }

export function createRestore(database: Database, means: Means): Restore {
  const ids = database.prepare<{ id: string }, []>('SELECT id FROM open ORDER BY id')
  const find = database.prepare<OpenRow, [string]>('SELECT * FROM open WHERE id = ?')
  const parts = database.prepare<PartRow, [string]>(
    'SELECT whole, data FROM reply_part WHERE id = ? ORDER BY part',
  )
  const countParts = database.prepare<{ next: number | null }, [string]>(
    'SELECT max(part) + 1 AS next FROM reply_part WHERE id = ?',
  )
  const allIds = () => ids.all().map(({ id }) => id)
  const { join } = createPieceReader(database)
  const replyParts = (id: string): Part[] => parts.all(id).map((row) => unpackPart(row.data))

  // Asked for each report: a look into the store would take 3 µs.
  let known: Set<string> | null = null
  const left = (): Set<string> => (known ??= new Set(allIds()))

  const restore = (id: string): Exchange | null => {
    const row = find.get(id)
    if (row === null) return null
    known?.delete(id)
    const exchange = createExchange(id, JSON.parse(row.begin), means)
    exchange.head = row.head === null ? null : JSON.parse(row.head)
    exchange.saved = true
    exchange.changed = false
    const { request, reply } = exchange
    request.seen = row.request_bytes
    request.kept = row.request_kept_bytes
    request.sha256 = row.request_sha256
    request.manifest = row.request
    request.parts = row.request === null ? null : partsOf(join(row.request), exchange.begin)
    request.isTrue = row.request_true === 1
    for (const part of parts.iterate(id)) {
      takeReply(exchange, unpackPart(part.data).reply, true, means)
      if (part.whole === 0) {
        reply.isTrue = false
        reply.hash = null
      }
    }
    reply.parts = countParts.get(id)?.next ?? 0
    return exchange
  }

  return {
    ids: allIds,
    isLeft: (id) => left().has(id),
    letGo: (id) => void left().add(id),
    restore,
    earlier: ({ id, request }) => ({
      request: () => (request.manifest === null ? null : join(request.manifest)),
      parts: () => replyParts(id).map(({ reply }) => reply),
    }),
    firstReadMs: (id) => {
      const [first] = replyParts(id).flatMap(({ reads }) => reads)
      return first === undefined ? null : first / 1000
    },
  }
}
