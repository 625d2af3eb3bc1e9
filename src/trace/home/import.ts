import { Fault } from '../../core/fault.ts'
import type { PieceStore } from '../piece-store.ts'
import type { Store } from '../store.ts'
import { createInsert } from './insert.ts'
import { createLineReader, type LineTrace } from './lines.ts'
import { createRows } from './rows.ts'
import { localUser } from './who.ts'

/**
 * An export brought into a project, so many lines in a transaction. Each trace is remembered by its id, or by its line:
 * begun again, the same file adds what is missing and nothing twice.
 */
export type ImportOptions = {
  readonly store: Store
  readonly pieces: PieceStore
  readonly project: string
  readonly now: () => number
}

/** `wrong`: what is wrong with a line; those before it are kept, and none after it. */
export type Brought = { readonly added: number; readonly known: number; readonly wrong: Fault | null }

export type BringIn = (lines: readonly string[]) => Brought

export function createImport({ store, pieces, project, now }: ImportOptions): BringIn {
  const { database } = store
  const rows = createRows(database)
  const insert = createInsert(store, pieces)
  const read = createLineReader('stored')
  const isKnown = database.prepare<{ seq: number }, [Uint8Array]>('SELECT seq FROM told WHERE known = ?')
  const make = database.prepare(
    `INSERT INTO dataset (id, name, user, is_public, created_at, pushed_at, metadata, next)
     VALUES (lower(hex(randomblob(10))), ?, '${localUser.id}', 0, ?, NULL, '{}', 0) ON CONFLICT (name) DO NOTHING`,
  )
  const describe = database.prepare('UPDATE dataset SET metadata = ?, pushed_at = ? WHERE name = ?')

  const keep = (trace: LineTrace, text: string): boolean => {
    const known = knownBy(project, trace, text)
    if (isKnown.get(known) !== null) return false
    const { id, ...said } = trace
    const foreign = id === null ? {} : { foreignId: id }
    // As if whose project it is had uploaded it.
    const user = rows.named(project)?.user ?? localUser.id
    insert.trace({ user, at: now(), project, origin: 'uploaded', known, ...said, ...foreign })
    return true
  }

  const bring = (lines: readonly string[]): Brought => {
    make.run(project, now())
    let added = 0
    let known = 0
    for (const text of lines) {
      const line = attempt(() => read(text))
      if (line instanceof Fault) return { added, known, wrong: line }
      if (line.kind === 'trace' && keep(line.trace, text)) added++
      else if (line.kind === 'trace') known++
      if (line.kind !== 'metadata') continue
      const metadata = JSON.parse(rows.named(project)?.metadata ?? '{}')
      describe.run(JSON.stringify({ ...metadata, ...line.metadata }), now(), project)
    }
    return { added, known, wrong: null }
  }

  const atOnce = database.transaction(bring)
  return (lines) => {
    // Another process may have removed pieces since.
    pieces.forget()
    return atOnce.immediate(lines)
  }
}

function attempt<Value>(act: () => Value): Value | Fault {
  try {
    return act()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

function knownBy(project: string, { id, number }: LineTrace, text: string): Uint8Array {
  const hash = new Bun.CryptoHasher('sha256').update(`${project}\n`)
  return hash.update(id === null ? `${number}\n${text.trimEnd()}` : `id ${id}`).digest()
}
