import type { Database } from 'bun:sqlite'

/**
 * By what traces are found: hashes, which have no order, so that each new one would be a page of its own in the log (13 µs
 * of a trace's 84). The newest are kept in memory therefore, in a table that is in the transaction of the trace like any
 * other, and written thousands at a time, in the order of the table. A process that dies leaves them unwritten: they are
 * told by the traces themselves, behind the number up to which all were written.
 */

/**
 * free, taken: where its answer ended, and whether another has gone on from there. asked: where its request ended, for
 * clients that send an answer back changed.
 */
const linkKinds = ['free', 'taken', 'asked'] as const
export type LinkKind = (typeof linkKinds)[number]
export type Link = { readonly hash: string; readonly kind: LinkKind }

export const linkTables = `
  CREATE TABLE linked (seq INTEGER NOT NULL);
  INSERT INTO linked SELECT coalesce(max(seq), 0) FROM traces;
  `

/** To write so many takes 9 ms among 100,000, to read them back after a death 45. */
const mostRecent = 8192

const free = kindOf('free')
const taken = kindOf('taken')

/** The traces that a hash (?1) and a kind (?2) name. */
export const linkedBy = `(SELECT trace FROM link WHERE hash = ?1 AND kind = ?2
  UNION ALL SELECT trace FROM temp.recent_link WHERE hash = ?1 AND kind = ?2)`

export function createLinks(database: Database) {
  database.run(`CREATE TEMP TABLE IF NOT EXISTS recent_link
    (hash BLOB NOT NULL, kind INTEGER NOT NULL, trace INTEGER NOT NULL, PRIMARY KEY (hash, kind, trace)) WITHOUT ROWID`)
  const known = database.prepare<{ hash: string }, [string]>(
    `SELECT value AS hash FROM json_each(?) WHERE EXISTS (SELECT 1 FROM link WHERE hash = unhex(value))
     OR EXISTS (SELECT 1 FROM temp.recent_link WHERE hash = unhex(value))`,
  )
  const insert = database.prepare(
    'INSERT OR IGNORE INTO temp.recent_link (hash, kind, trace) VALUES (?, ?, ?)',
  )
  const claimWritten = database.prepare(
    `UPDATE OR IGNORE link SET kind = ${taken} WHERE hash = ? AND kind = ${free} AND trace = ?`,
  )
  const claimRecent = database.prepare(
    `DELETE FROM temp.recent_link WHERE hash = ? AND kind = ${free} AND trace = ?`,
  )
  const insertTaken = database.prepare(
    `INSERT OR IGNORE INTO link (hash, kind, trace) VALUES (?, ${taken}, ?)`,
  )
  const remove = ['link', 'temp.recent_link'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE hash = ? AND kind = ? AND trace = ?`),
  )
  const linksOf = database.prepare<{ links: Uint8Array | null }, [number]>(
    'SELECT links FROM traces WHERE seq = ?',
  )
  const unwritten = database.prepare<{ seq: number; links: Uint8Array }, []>(
    'SELECT seq, links FROM traces WHERE seq > (SELECT seq FROM linked) AND links IS NOT NULL',
  )
  const isTaken = database.prepare(`SELECT 1 FROM link WHERE hash = ? AND kind = ${taken} AND trace = ?`)
  const count = database.prepare<{ count: number }, []>('SELECT count(*) AS count FROM temp.recent_link')
  const isBehind = database.prepare(
    'SELECT 1 FROM linked WHERE seq < (SELECT coalesce(max(seq), 0) FROM traces)',
  )
  // Those of a trace that another process has removed meanwhile would stay for ever.
  const writeAll = database.prepare(
    `INSERT OR IGNORE INTO link SELECT hash, kind, trace FROM temp.recent_link
     WHERE EXISTS (SELECT 1 FROM traces WHERE seq = trace)`,
  )
  const moveOn = database.prepare('UPDATE linked SET seq = (SELECT coalesce(max(seq), 0) FROM traces)')
  const empty = database.prepare('DELETE FROM temp.recent_link')
  let recent = 0

  function write(): void {
    writeAll.run()
    moveOn.run()
    empty.run()
    recent = 0
  }

  return {
    /** Those by which any trace can be found. */
    known: (hashes: readonly string[]): ReadonlySet<string> =>
      new Set(known.all(JSON.stringify(hashes)).map(({ hash }) => hash)),
    add: (seq: number, links: readonly Link[]): void => {
      for (const { hash, kind } of links) insert.run(bytesOf(hash), kindOf(kind), seq)
      // One without any counts too: all behind the last that was written are read after a death.
      recent += Math.max(1, links.length)
    },
    /** Somebody has gone on from there. Written at once, for the trace itself does not tell. */
    claim: (hash: string, seq: number): void => {
      const bytes = bytesOf(hash)
      const { changes } = claimWritten.run(bytes, seq)
      if (claimRecent.run(bytes, seq).changes > 0 && changes === 0) insertTaken.run(bytes, seq)
    },
    removeOf: (seq: number): void => {
      for (const { hash, kind } of unpackLinks(linksOf.get(seq)?.links ?? null)) {
        const kinds = kind === 'free' ? [free, taken] : [kindOf(kind)]
        for (const kind of kinds) for (const from of remove) from.run(bytesOf(hash), kind, seq)
      }
    },
    /** What a process that died has left unwritten. */
    recover: (): void => {
      for (const { seq, links } of unwritten.all())
        for (const { hash, kind } of unpackLinks(links)) {
          if (kind === 'free' && isTaken.get(bytesOf(hash), seq) !== null) continue
          insert.run(bytesOf(hash), kindOf(kind), seq)
        }
      recent = count.get()?.count ?? 0
    },
    write,
    writeIfMany: (): void => {
      if (recent >= mostRecent) write()
    },
    areWritten: (): boolean => isBehind.get() === null,
  }
}

const hashBytes = 16

export function bytesOf(hash: string): Buffer {
  return Buffer.from(hash, 'hex')
}

export function kindOf(kind: LinkKind): number {
  return linkKinds.indexOf(kind)
}

export function packLinks(links: readonly Link[]): Uint8Array | null {
  if (links.length === 0) return null
  const bytes = Buffer.allocUnsafe(links.length * (1 + hashBytes))
  links.forEach(({ hash, kind }, index) => {
    const at = index * (1 + hashBytes)
    bytes[at] = kindOf(kind)
    bytes.write(hash, at + 1, hashBytes, 'hex')
  })
  return bytes
}

function unpackLinks(packed: Uint8Array | null): Link[] {
  const links: Link[] = []
  const bytes = Buffer.from(packed ?? [])
  for (let at = 0; at < bytes.length; at += 1 + hashBytes) {
    const kind = linkKinds[bytes[at] ?? 0] ?? 'free'
    links.push({ hash: bytes.toString('hex', at + 1, at + 1 + hashBytes), kind })
  }
  return links
}
