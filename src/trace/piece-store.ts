import type { Database } from 'bun:sqlite'
import { type Entry, compress, decompress, packManifest, unpackManifest } from './pack.ts'
import { cut, leastPieceBytes } from './pieces.ts'

/**
 * Pieces of bodies, each stored once by its sha-256 with the number of bodies that need it. Writes happen
 * within the caller's transaction; after a rollback the caller says `forget`, since ids told may not be there.
 */
export type PieceStore = {
  /** The packed list the body joins from; its pieces are counted for it. */
  readonly keep: (body: Buffer) => Uint8Array
  /** The body of this list is gone: pieces that no other needs are removed. */
  readonly release: (manifest: Uint8Array) => void
  readonly forget: () => void
}

/** A body up to this size is a literal: its row, hash and counts would cost more than what is shared in it. */
export const mostLiteralBytes = 2048
/** Hot pieces known by their hash, at about 150 bytes each. */
const mostHot = 65_536

export function createPieceStore(database: Database): PieceStore {
  const hot = new Map<string, number>()
  const find = database.prepare<{ id: number }, [Uint8Array]>('SELECT id FROM piece WHERE sha256 = ?')
  const insert = database.prepare('INSERT INTO piece (sha256, data) VALUES (?, ?)')
  const countFirst = database.prepare('INSERT INTO piece_use (piece, count) VALUES (?, 1)')
  const count = database.prepare('UPDATE piece_use SET count = count + ? WHERE piece BETWEEN ? AND ?')
  const unused = database.prepare<{ piece: number }, [number, number]>(
    'SELECT piece FROM piece_use WHERE piece BETWEEN ? AND ? AND count <= 0',
  )
  const removeUse = database.prepare('DELETE FROM piece_use WHERE piece = ?')
  const remove = database.prepare<{ sha256: Uint8Array }, [number]>(
    'DELETE FROM piece WHERE id = ? RETURNING sha256',
  )

  const remember = (key: string, id: number) => {
    hot.delete(key)
    hot.set(key, id)
    if (hot.size <= mostHot) return
    const oldest = hot.keys().next()
    if (oldest.done !== true) hot.delete(oldest.value)
  }

  const idOf = (bytes: Buffer, fresh: Set<number>): number => {
    const key = Bun.SHA256.hash(bytes, 'hex')
    const sha256 = hot.has(key) ? null : Buffer.from(key, 'hex')
    const known = sha256 === null ? hot.get(key) : find.get(sha256)?.id
    const id = known ?? Number(insert.run(sha256, compress(bytes)).lastInsertRowid)
    remember(key, id)
    if (known === undefined) {
      countFirst.run(id)
      fresh.add(id)
    }
    return id
  }

  return {
    keep: (body) => {
      if (body.length <= mostLiteralBytes) return packManifest([{ kind: 'literal', bytes: body }])
      const fresh = new Set<number>()
      const entries = entriesOf(body, (bytes) => idOf(bytes, fresh))
      const known = idsOf(entries).filter((id) => !fresh.has(id))
      for (const [first, last] of runsOf(known)) count.run(1, first, last)
      return packManifest(entries)
    },
    release: (manifest) => {
      for (const [first, last] of runsOf(idsOf(unpackManifest(manifest)))) {
        count.run(-1, first, last)
        for (const { piece } of unused.all(first, last)) {
          removeUse.run(piece)
          const row = remove.get(piece)
          if (row !== null) hot.delete(Buffer.from(row.sha256).toHex())
        }
      }
    },
    forget: () => hot.clear(),
  }
}

/** Bodies from their lists, on any connection. */
export function createPieceReader(database: Database) {
  const find = database.prepare<{ data: Uint8Array }, [number]>('SELECT data FROM piece WHERE id = ?')
  const pieceOf = (id: number): Buffer => {
    const row = find.get(id)
    // Cannot be: pieces outlive the lists that name them. Better an error here than another body.
    if (row === null) throw new Error(`Piece ${id} is missing`)
    return decompress(row.data)
  }
  return {
    pieceOf,
    join: (manifest: Uint8Array): Buffer =>
      Buffer.concat(
        unpackManifest(manifest).map((entry) => (entry.kind === 'piece' ? pieceOf(entry.id) : entry.bytes)),
      ),
  }
}

function entriesOf(body: Buffer, idOf: (bytes: Buffer) => number): Entry[] {
  const entries: Entry[] = []
  let start = 0
  let literal = 0
  const closeLiteral = (at: number) => {
    if (literal < at) entries.push({ kind: 'literal', bytes: body.subarray(literal, at) })
  }
  for (const end of cut(body)) {
    if (end - start >= leastPieceBytes) {
      closeLiteral(start)
      entries.push({ kind: 'piece', id: idOf(body.subarray(start, end)) })
      literal = end
    }
    start = end
  }
  closeLiteral(body.length)
  return entries
}

/** Each once, ascending: a body that holds a piece twice counts once for it. */
function idsOf(entries: readonly Entry[]): number[] {
  const ids = new Set<number>()
  for (const entry of entries) if (entry.kind === 'piece') ids.add(entry.id)
  return [...ids].sort((one, other) => one - other)
}

/** Pieces of one body mostly follow each other: one statement counts a run of them. */
function runsOf(ids: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = []
  for (const id of ids) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] === id - 1) run[1] = id
    else runs.push([id, id])
  }
  return runs
}
