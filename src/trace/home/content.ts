import { toInvariant } from '../../conversation/invariant.ts'
import { isObject, objectsAt, readJson } from '../../conversation/json.ts'
import { conversationOf } from '../conversation.ts'
import { packData, unpackData } from '../data.ts'
import { createPieceReader, mostLiteralBytes, type PieceStore } from '../piece-store.ts'
import { createReader } from '../read.ts'
import type { Store } from '../store.ts'
import type { Origin } from '../trace.ts'

/**
 * The messages of a trace, whoever told of it: what was pushed is stored as the body of a request is, in pieces; a
 * recorded exchange is read in Invariant's form each time.
 */
export type Contents = {
  readonly messagesOf: (row: ContentRow) => readonly object[]
}

export type ContentRow = { readonly seq: number; readonly id: string; readonly origin: Origin }

type PayloadRow = { request: Uint8Array | null; data: Uint8Array }

/** Larger exchanges are told without their messages. */
const mostReadBytes = 64 * 1024 * 1024

export function createContents(store: Store): Contents {
  const { database } = store
  const reader = createReader(store)
  const find = database.prepare<PayloadRow, [number]>('SELECT request, data FROM payload WHERE seq = ?')
  const { join } = createPieceReader(database)

  const pushed = (seq: number): readonly object[] => {
    const row = find.get(seq)
    if (row === null) return []
    const body = row.request === null ? unpackData(row.data).request : join(row.request)
    const value = readJson(body.toString())
    return isObject(value) ? objectsAt(value, 'messages') : []
  }

  const recorded = (id: string): readonly object[] => {
    const trace = reader.get(id)
    const conversation = trace && conversationOf(trace, mostReadBytes)
    return conversation === null ? [] : toInvariant(conversation).messages
  }

  return { messagesOf: ({ seq, id, origin }) => (origin === 'recorded' ? recorded(id) : pushed(seq)) }
}

export type Packed = {
  readonly request: Uint8Array | null
  readonly data: Uint8Array
  readonly bytes: number
}

/** Messages as the payload of a trace; the caller is within a transaction. */
export function packMessages(messages: readonly object[], pieces: PieceStore): Packed {
  const body = Buffer.from(JSON.stringify({ messages }))
  const isSmall = body.length <= mostLiteralBytes
  const data = packData({
    facts,
    request: isSmall ? body : null,
    part: { reply: Buffer.alloc(0), reads: [] },
    rebuilt: '',
  })
  return { request: isSmall ? null : pieces.keep(body), data, bytes: body.length }
}

const facts = JSON.stringify({
  requestHeaders: [['content-type', 'application/json']],
  replyHeaders: null,
  answer: null,
  requestSplice: null,
  insertions: [],
})
