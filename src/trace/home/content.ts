import { toInvariant } from '../../conversation/invariant.ts'
import { isObject, type JsonObject, objectsAt, readJson } from '../../conversation/json.ts'
import { conversationOf } from '../conversation.ts'
import { packData, unpackData } from '../data.ts'
import { createPieceReader, mostLiteralBytes, type PieceStore } from '../piece-store.ts'
import { exchangeMetadata } from './exchange-metadata.ts'
import { createReader } from '../read.ts'
import type { Store } from '../store.ts'
import type { Origin } from '../trace.ts'

/**
 * The messages of a trace, whoever told of it: what was pushed is stored as the body of a request is, in pieces; a
 * recorded exchange is read in Invariant's form each time.
 */
export type Contents = {
  readonly messagesOf: (row: ContentRow) => readonly object[]
  /** With what only an exchange tells beside them; nothing of what was told from outside. */
  readonly toldOf: (row: ContentRow) => Content
}

export type Content = { readonly messages: readonly object[]; readonly metadata: JsonObject }

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

  const recorded = (id: string): Content => {
    const trace = reader.get(id)
    const conversation = trace && conversationOf(trace, mostReadBytes)
    if (trace === null || trace.dialect === null || conversation === null)
      return { messages: [], metadata: {} }
    const { messages } = toInvariant(conversation)
    return { messages, metadata: exchangeMetadata(trace.dialect, trace) }
  }
  const toldOf = ({ seq, id, origin }: ContentRow): Content =>
    origin === 'recorded' ? recorded(id) : { messages: pushed(seq), metadata: {} }

  return { messagesOf: (row) => toldOf(row).messages, toldOf }
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
