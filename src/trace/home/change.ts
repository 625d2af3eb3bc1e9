import { Fault } from '../../core/fault.ts'
import type { PushChange } from '../../merge/push.ts'
import type { PieceStore } from '../piece-store.ts'
import { createOutbox } from '../push/outbox.ts'
import { createRemove, type Removable } from '../remove.ts'
import type { Store } from '../store.ts'
import { type AccessChange, createAccessChanges } from './access-changes.ts'
import { createAnnotate } from './annotate.ts'
import { createAppend } from './append.ts'
import { createContents } from './content.ts'
import { createDatasets } from './datasets.ts'
import { createInsert } from './insert.ts'
import { type Asking, push, snippet } from './push.ts'
import { createRows, type DatasetKey } from './rows.ts'
import { readBody } from './said.ts'
import type { Who } from './who.ts'

/** What may be asked of the thread that writes; the body comes beside it, as its bytes. */
export type Change = { readonly who: Who } & (
  | { readonly kind: 'push' | 'snippet' | 'dataset-create' }
  | { readonly kind: 'append' | 'annotate' | 'annotations-replace'; readonly trace: string }
  | {
      readonly kind: 'annotation-change' | 'annotation-remove'
      readonly trace: string
      readonly annotation: string
    }
  | { readonly kind: 'share'; readonly trace: string; readonly isShared: boolean }
  | { readonly kind: 'trace-remove'; readonly trace: string }
  /** A form, as it came. */
  | { readonly kind: 'upload'; readonly contentType: string }
  | { readonly kind: 'dataset-change' | 'dataset-remove' | 'query-save'; readonly dataset: DatasetKey }
  | { readonly kind: 'query-remove'; readonly query: string }
  /** What became of traces on their way to another store: Weir's own word. */
  | { readonly kind: 'pushed'; readonly changes: readonly PushChange[] }
  /** What was refused is to be sent again, of one project or of all. */
  | { readonly kind: 'push-again'; readonly project: string | null }
  /** By whoever may do anything with Weir's own API; tells how many of them there were. */
  | { readonly kind: 'traces-remove'; readonly traces: readonly string[] }
  | AccessChange
)

/** more: a slice of it is done, and it is to be asked again in another transaction. */
export type Changed = { readonly kind: 'done'; readonly value: unknown } | { readonly kind: 'more' }

export type ApplyChange = (change: Change, body: Uint8Array, at: number) => Changed

/** The statements of the one writer, to be called within a transaction; what it throws must be rolled back. */
export function createChanges(store: Store, pieces: PieceStore): ApplyChange {
  const { database } = store
  const rows = createRows(database)
  const insert = createInsert(store, pieces)
  const contents = createContents(store)
  const writing = { rows, insert, contents, pieces }
  const append = createAppend(database, writing)
  const notes = createAnnotate(database, writing)
  const remove = createRemove(database, pieces)
  const outbox = createOutbox(database)
  const access = createAccessChanges(database, rows)
  const datasets = createDatasets(database, { ...writing, remove })
  const share = database.prepare(
    `INSERT INTO told (seq, user, hierarchy, metadata, is_shared) VALUES (?, ?, '[]', '{}', ?)
     ON CONFLICT (seq) DO UPDATE SET is_shared = excluded.is_shared`,
  )
  const find = database.prepare<Removable, [number]>(
    'SELECT seq, id, request FROM traces LEFT JOIN payload USING (seq) WHERE seq = ?',
  )

  const byId = database.prepare<Removable, [string]>(
    'SELECT seq, id, request FROM traces LEFT JOIN payload USING (seq) WHERE id = ?',
  )

  const removeTraces = (ids: readonly string[]): number => {
    const found = ids.map((id) => byId.get(id)).filter((row) => row !== null)
    found.forEach(remove)
    return found.length
  }

  const removeTrace = (id: string, { who }: Asking): object => {
    const row = find.get(rows.writable(id, who).seq)
    if (row === null) throw new Fault('not-found', 'Trace not found')
    remove(row)
    return { message: 'deleted' }
  }

  const shareTrace = (id: string, isShared: boolean, { who }: Asking): object => {
    const row = rows.writable(id, who)
    share.run(row.seq, row.user ?? row.owner ?? who.user.id, isShared ? 1 : 0)
    return { shared: isShared }
  }

  const apply = (change: Change, bytes: Uint8Array, asking: Asking): unknown => {
    switch (change.kind) {
      case 'push':
        return push(readBody(bytes), asking, writing)
      case 'snippet':
        return snippet(readBody(bytes), asking, writing)
      case 'append':
        return append(change.trace, readBody(bytes), asking)
      case 'annotate':
        return notes.add(change.trace, readBody(bytes), asking)
      case 'annotations-replace':
        return notes.replace(change.trace, readBody(bytes), asking)
      case 'annotation-change':
        return notes.change(change.trace, change.annotation, readBody(bytes), asking)
      case 'annotation-remove':
        return notes.remove(change.trace, change.annotation, asking)
      case 'share':
        return shareTrace(change.trace, change.isShared, asking)
      case 'trace-remove':
        return removeTrace(change.trace, asking)
      case 'traces-remove':
        return removeTraces(change.traces)
      case 'dataset-create':
        return datasets.create(readBody(bytes), asking)
      case 'upload':
        return datasets.upload(change.contentType, bytes, asking) ?? more
      case 'dataset-change':
        return datasets.change(change.dataset, readBody(bytes), asking)
      case 'dataset-remove':
        access.policies.demandRemovable(change.dataset, asking)
        return datasets.remove(change.dataset, asking) ?? more
      case 'query-save':
        return datasets.saveQuery(change.dataset, readBody(bytes), asking)
      case 'query-remove':
        return datasets.removeQuery(change.query, asking)
      case 'pushed':
        for (const each of change.changes) outbox.change(each)
        return null
      case 'push-again':
        return outbox.retry(change.project, asking.at)
      case 'key-create':
      case 'key-revoke':
      case 'keys-used':
      case 'policy-create':
      case 'policy-change':
      case 'policy-remove':
      case 'metadata-change':
        return access.apply(change, bytes, asking)
    }
  }

  return (change, body, at) => {
    const value = apply(change, body, { who: change.who, at })
    return value === more ? { kind: 'more' } : { kind: 'done', value }
  }
}

const more = Symbol('more')
