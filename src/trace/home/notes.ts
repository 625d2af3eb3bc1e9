import type { Database } from 'bun:sqlite'
import { guardrailOf } from '../../merge/guardrail.ts'
import type { Judged, Noted } from '../../merge/judged.ts'
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
    return [...told.all(row.seq), ...ordered(findings.flatMap((finding, at) => toNotes(finding, at, row)))]
  }
}

/** What blocks before what is only noted, and what is the same once. */
function ordered(notes: readonly JudgedNote[]): AnnotationRow[] {
  const seen = new Set<string>()
  const blocking = notes.filter(({ action }) => action === 'block')
  return [...blocking, ...notes.filter(({ action }) => action !== 'block')].flatMap(({ row }) => {
    const text = JSON.stringify([row.content, row.address, row.metadata])
    return seen.has(text) ? [] : (seen.add(text), [row])
  })
}

type JudgedNote = { readonly action: Noted['action']; readonly row: AnnotationRow }

/** One for each place; what a rule found nowhere in particular is about the whole trace. */
function toNotes(finding: Noted, at: number, row: NoteRow): JudgedNote[] {
  const places = mostSpecific(finding.ranges)
  const { order, action, message } = finding
  const metadata = JSON.stringify({ source: 'guardrails-error', guardrail: guardrailOf(order, action) })
  const common = { content: message, created_at: row.started_at, metadata, source: 'guardrails-error' }
  const user = row.user ?? row.owner ?? ''
  return (places.length === 0 ? [null] : places).map((address, place) => ({
    action,
    row: { id: `${row.id}-${at}-${place}`, user, address, ...common },
  }))
}

/** Without those that others lie within. */
export function mostSpecific(ranges: readonly string[]): string[] {
  const all = [...new Set(ranges)]
  return all.filter((range) => !all.some((other) => isWithin(other, range)))
}

/** `messages.10` does not lie within `messages.1`. */
function isWithin(inner: string, outer: string): boolean {
  return inner.length > outer.length && inner.startsWith(outer) && /^[.:[]/.test(inner.slice(outer.length))
}
