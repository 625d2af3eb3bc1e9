import type { Database } from 'bun:sqlite'
import { unpackData, unpackPart } from './data.ts'
import { unpackManifest } from './pack.ts'
import { createPieceReader } from './piece-store.ts'
import type { TraceRow } from './row.ts'

/**
 * Text in traces, found by looking: there is no index to keep. The turns of an agent share nearly all their
 * pieces, and a search looks into each piece once: 250 turns of 230 MB are as quick as their 2 MB.
 */
export type Matches = (row: TraceRow & { readonly seq: number }) => boolean
/** For one call: what it has seen of pieces holds only as long as none is removed. */
export type Search = (text: string) => Matches

type PayloadRow = { request: Uint8Array | null; data: Uint8Array }

export function createSearch(database: Database): Search {
  const find = database.prepare<PayloadRow, [number]>('SELECT request, data FROM payload WHERE seq = ?')
  const parts = database.prepare<{ data: Uint8Array }, [string]>('SELECT data FROM reply_part WHERE id = ?')
  const { pieceOf } = createPieceReader(database)

  return (text) => {
    const isIn = createFinder(text)
    const seen = new Map<number, boolean>()
    const isInPiece = (id: number): boolean => {
      const known = seen.get(id)
      if (known !== undefined) return known
      const found = isIn(pieceOf(id))
      seen.set(id, found)
      return found
    }
    const isInRequest = (manifest: Uint8Array): boolean =>
      unpackManifest(manifest).some((entry) =>
        entry.kind === 'piece' ? isInPiece(entry.id) : isIn(entry.bytes),
      )

    return (row) => {
      if (isIn(row.model ?? '') || isIn(row.path)) return true
      const payload = find.get(row.seq)
      if (payload === null) return false
      const { request, reply, rebuilt } = unpackData(payload.data)
      if (isIn(request) || isIn(rebuilt)) return true
      if (payload.request !== null && isInRequest(payload.request)) return true
      // The events of a stream tear words apart: its rebuilt form is the one to look into, where there is one.
      if (rebuilt.length > 0) return false
      return isIn(reply) || parts.all(row.id).some((part) => isIn(unpackPart(part.data).reply))
    }
  }
}

/** Also as JSON may write it: with escapes, and with every character beyond ASCII as one. */
function createFinder(text: string): (within: string | Uint8Array) => boolean {
  const lower = text.toLowerCase()
  const escaped = JSON.stringify(lower).slice(1, -1)
  const ascii = escaped.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const forms = [...new Set([lower, escaped, ascii])]
  return (within) => {
    const place = (typeof within === 'string' ? within : decoder.decode(within)).toLowerCase()
    return forms.some((form) => place.includes(form))
  }
}

const decoder = new TextDecoder()
