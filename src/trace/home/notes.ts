import type { Database } from 'bun:sqlite'
import type { Judged } from '../../merge/judged.ts'
import { type Found, foundIn, foundSource } from './found.ts'
import type { HomeRow } from './rows.ts'
import type { AnnotationRow } from './shape.ts'

/**
 * All that is remarked about a trace: what somebody told, and what rules found as it passed, in the form in which
 * Invariant's gateway told it. The latter is read from what the trace keeps of its rules, and is stored nowhere else.
 */
export type NotesOf = (row: NoteRow) => readonly AnnotationRow[]

export type NoteRow = Pick<HomeRow, 'seq' | 'id' | 'user' | 'owner' | 'started_at' | 'verdict'>

const selectNotes = 'SELECT * FROM annotation WHERE trace = ? ORDER BY created_at, id'

export function createNotes(database: Database): NotesOf {
  const told = database.prepare<AnnotationRow, [number]>(selectNotes)
  const judged = database.prepare<{ data: string }, [string]>('SELECT data FROM judged WHERE id = ?')
  return (row) => {
    // Without a verdict no rule was asked: most traces cost no second statement.
    const data = row.verdict === null ? null : judged.get(row.id)
    if (data === null) return told.all(row.seq)
    const { findings }: Judged = JSON.parse(data.data)
    return [...told.all(row.seq), ...foundIn(findings, () => true).map((found, at) => noteOf(found, at, row))]
  }
}

function noteOf({ content, address, metadata }: Found, at: number, row: NoteRow): AnnotationRow {
  const user = row.user ?? row.owner ?? ''
  const common = { created_at: row.started_at, source: foundSource, metadata: JSON.stringify(metadata) }
  return { id: `${row.id}-${at}`, user, content, address, ...common }
}
