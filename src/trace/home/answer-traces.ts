import type { Database } from 'bun:sqlite'
import { Fault } from '../../core/fault.ts'
import type { Content, Contents } from './content.ts'
import { findImage, typeOf } from './image.ts'
import type { NotesOf } from './notes.ts'
import type { HomeAnswer, HomeQuestion } from './questions.ts'
import { homeColumns, type HomeRow, homeTablesJoined, type Rows } from './rows.ts'
import {
  type AnnotationRow,
  hierarchyOf,
  metadataOf,
  mostTextCharacters,
  toAnnotation,
  toExported,
  toTrace,
} from './shape.ts'
import { may } from './who.ts'

/** One trace, as it is shown and as it is exported, and what was remarked about it. */
export type Answering = {
  readonly database: Database
  readonly rows: Rows
  readonly contents: Contents
  readonly notesOf: NotesOf
  readonly now: () => number
}

/** What an answer takes that goes on in another: nobody else waits longer for this thread. */
export const budgetMs = 30

/** The question that may be of this kind. */
export type Of<Kind extends HomeQuestion['kind']> = Narrowed<HomeQuestion, Kind>
type Narrowed<Question, Kind> = Question extends { kind: infer Known }
  ? Kind extends Known
    ? Question
    : never
  : never

export function createTraceAnswers({ database, rows, contents, notesOf, now }: Answering) {
  const snippets = database.prepare<HomeRow, [string, number, number]>(
    `SELECT ${homeColumns} FROM ${homeTablesJoined} WHERE t.project = '' AND told.user = ?
     ORDER BY t.id DESC LIMIT ? OFFSET ?`,
  )
  return {
    trace: ({ trace, who, mostCharacters, withAnnotations }: Of<'trace'>): HomeAnswer => {
      const row = rows.readable(trace, who)
      const annotations = withAnnotations ? notesOf(row) : null
      return told(toTrace(row, contents.toldOf(row), { annotations, mostCharacters }))
    },
    annotations: ({ trace, who }: Of<'annotations'>): HomeAnswer => {
      const row = rows.readable(trace, who)
      return told(notesOf(row).map((note) => toAnnotation(note, row.id)))
    },
    shared: ({ trace, who }: Of<'shared'>): HomeAnswer =>
      told({ shared: rows.readable(trace, who).is_shared === 1 }),
    exported: ({ trace, who }: Of<'trace-export'>): HomeAnswer => {
      const row = rows.readable(trace, who)
      return told(toLine(row, contents.toldOf(row), notesOf(row)))
    },
    image: ({ trace, name, who }: Of<'image'>): HomeAnswer => {
      const image = findImage(contents.messagesOf(rows.readable(trace, who)), name)
      if (image === null) throw new Fault('not-found', 'Image not found')
      return { kind: 'image', type: typeOf(image), base64: image.base64 }
    },
    /** The newest first; `after` counts those that were told before. */
    snippets: ({ who, limit, after }: Of<'snippets'>): HomeAnswer => {
      if (!may(who, 'read', '')) throw new Fault('forbidden', 'This key may not read snippets')
      const deadline = now() + budgetMs
      const before = Math.max(after, 0)
      const items: object[] = []
      const of = { annotations: null, mostCharacters: mostTextCharacters }
      for (const row of snippets.all(who.user.id, limit - before, before)) {
        items.push(toTrace(row, contents.toldOf(row), of))
        if (now() >= deadline) return told(items, before + items.length)
      }
      return told(items)
    },
  }
}

export function told(value: unknown, next: number | null = null): HomeAnswer {
  return { kind: 'told', json: JSON.stringify(value), next }
}

/** A line of an export: pictures within it, and a name of its own only where the metadata does not tell it. */
export function toLine(
  row: HomeRow,
  { messages, metadata: asked }: Content,
  notes: readonly AnnotationRow[],
) {
  const metadata = metadataOf(row, asked)
  const hierarchy = hierarchyOf(row)
  return {
    index: row.number ?? 0,
    messages,
    metadata,
    annotations: notes.map(toExported),
    ...(row.name !== null && row.name !== metadata['name'] && { name: row.name }),
    ...(hierarchy.length > 0 && metadata['hierarchy_path'] === undefined && { hierarchy_path: hierarchy }),
  }
}
