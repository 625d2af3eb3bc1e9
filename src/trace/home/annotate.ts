import type { Database } from 'bun:sqlite'
import type { JsonObject } from '../../conversation/json.ts'
import { Fault } from '../../core/fault.ts'
import { readAnnotation, readAnnotations, readContent } from './annotation.ts'
import type { Contents } from './content.ts'
import type { Asking, Writing } from './push.ts'
import { wrong } from './said.ts'
import { type AnnotationRow, toAnnotation } from './shape.ts'
import { isOverAll } from './who.ts'

/** Remarks about traces: one, one changed, one gone, or all of one source put in the place of those before. */
export type Annotate = {
  readonly add: (trace: string, body: JsonObject, asking: Asking) => object
  readonly change: (trace: string, annotation: string, body: JsonObject, asking: Asking) => object
  readonly remove: (trace: string, annotation: string, asking: Asking) => object
  readonly replace: (trace: string, body: JsonObject, asking: Asking) => { deleted: number; inserted: number }
}

type Row = AnnotationRow & { readonly trace: number }

export function createAnnotate(
  database: Database,
  { rows, insert, contents }: Writing & { contents: Contents },
): Annotate {
  const find = database.prepare<Row, [string, number]>('SELECT * FROM annotation WHERE id = ? AND trace = ?')
  const remove = database.prepare('DELETE FROM annotation WHERE id = ?')
  const removeOf = database.prepare('DELETE FROM annotation WHERE trace = ? AND source = ?')

  const found = (trace: string, id: string, { who }: Asking) => {
    const { seq, id: traceId } = rows.remarkable(trace, who)
    const row = find.get(id, seq)
    if (row === null) throw new Fault('not-found', 'Annotation not found')
    if (row.user === who.user.id || isOverAll(who)) return { row, traceId }
    throw new Fault('unauthorized', 'This annotation is of somebody else')
  }

  return {
    add: (trace, body, asking) => {
      const { who, at } = asking
      const row = rows.remarkable(trace, who)
      const annotation = readAnnotation(body, contents.messagesOf(row), 'annotation')
      const [id = ''] = insert.annotations(row.seq, [annotation], { user: who.user.id, at })
      return toAnnotation(found(trace, id, asking).row, row.id)
    },
    change: (trace, annotation, body, asking) => {
      const { row, traceId } = found(trace, annotation, asking)
      const content = readContent(body['content'], 'annotation')
      insert.changeAnnotation(row.trace, row.id, content)
      return toAnnotation({ ...row, content }, traceId)
    },
    remove: (trace, annotation, asking) => {
      remove.run(found(trace, annotation, asking).row.id)
      return { message: 'deleted' }
    },
    replace: (trace, body, { who, at }) => {
      const row = rows.writable(trace, who)
      const { source } = body
      if (typeof source !== 'string' || source === '') throw wrong('source must be provided')
      const read = readAnnotations(body['annotations'], contents.messagesOf(row), 'annotations')
      const { changes } = removeOf.run(row.seq, source)
      const own = read.map((each) => ({ ...each, metadata: { ...each.metadata, source }, source }))
      insert.annotations(row.seq, own, { user: who.user.id, at })
      return { deleted: changes, inserted: read.length }
    },
  }
}
