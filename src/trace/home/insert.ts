import { createIds } from '../../core/id.ts'
import type { PieceStore } from '../piece-store.ts'
import { insertTrace, type TraceRow, unplaced, valuesOf } from '../row.ts'
import type { Store } from '../store.ts'
import type { Origin } from '../trace.ts'
import { type Annotation, mostAnnotationBytes, mostAnnotations } from './annotation.ts'
import { packMessages } from './content.ts'
import { createNumbering } from './numbering.ts'
import { type Beside, type Messages, wrong } from './said.ts'

/** One trace that somebody told of, written like any other; what only an exchange has is not known of it. */
export type Telling = {
  readonly user: string
  readonly at: number
  /** Empty for a snippet, which is in no project. */
  readonly project: string
  readonly origin: Exclude<Origin, 'recorded'>
  readonly messages: Messages
  readonly beside: Beside
  readonly annotations: readonly Annotation[]
  /** Where it had one before and nobody has it now; else it gets the next. */
  readonly number?: number
  readonly foreignId?: string
  readonly known?: Uint8Array
}

export type Insert = {
  readonly trace: (telling: Telling) => string
  /** Their ids. Throws if the trace has more then than it may. */
  readonly annotations: (seq: number, list: readonly Annotation[], of: By) => readonly string[]
  readonly changeAnnotation: (seq: number, id: string, content: string) => void
}

type By = { readonly user: string; readonly at: number }

const insertAnnotation = `INSERT INTO annotation (id, trace, user, content, address, created_at, metadata, source)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

export function createInsert({ database }: Store, pieces: PieceStore): Insert {
  let now = 0
  const createId = createIds(() => now)
  const numbering = createNumbering(database)
  const insert = database.prepare(insertTrace)
  const isTaken = database.prepare<{ seq: number }, [string, number]>(
    'SELECT seq FROM traces WHERE project = ? AND number = ?',
  )
  const payload = database.prepare('INSERT INTO payload (seq, request, data) VALUES (?, ?, ?)')
  const told = database.prepare(
    `INSERT INTO told (seq, user, name, hierarchy, metadata, changed_at, is_shared, foreign_id, known)
     VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)`,
  )
  const insertNote = database.prepare(insertAnnotation)
  const updateNote = database.prepare('UPDATE annotation SET content = ? WHERE id = ?')
  // The length of a text stands before it: none of them is read.
  const sumNotes = database.prepare<{ count: number; bytes: number }, [number]>(
    `SELECT count(*) AS count, total(octet_length(content) + coalesce(octet_length(metadata), 0)) AS bytes
     FROM annotation WHERE trace = ?`,
  )

  /** Whoever reads the trace has all of them in memory. */
  const demandFew = (seq: number): void => {
    const { count = 0, bytes = 0 } = sumNotes.get(seq) ?? {}
    if (count > mostAnnotations) throw wrong(`A trace has at most ${mostAnnotations} annotations`)
    if (bytes > mostAnnotationBytes) throw wrong('The annotations of the trace are too long')
  }

  const annotations: Insert['annotations'] = (seq, list, { user, at }) => {
    now = at
    const ids = list.map(({ content, address, metadata, source }) => {
      const id = createId()
      const text = metadata === null ? null : JSON.stringify(metadata)
      insertNote.run(id, seq, user, content, address, at, text, source)
      return id
    })
    if (ids.length > 0) demandFew(seq)
    return ids
  }

  const changeAnnotation: Insert['changeAnnotation'] = (seq, id, content) => {
    updateNote.run(content, id)
    demandFew(seq)
  }

  const numberOf = ({ project, number, at, user }: Telling): number | null => {
    if (project === '') return null
    const isFree = number !== undefined && isTaken.get(project, number) === null
    if (isFree) numbering.pass(project, number, at)
    const given = isFree ? number : numbering.next(project, at, user)
    // One trace at a time: what else is changed in this transaction reads the project's row.
    numbering.settle()
    return given
  }

  const trace = (telling: Telling): string => {
    const { at, user, messages, beside, foreignId = null, known = null } = telling
    now = at
    const id = createId()
    const packed = packMessages(messages, pieces)
    const row = rowOf(telling, { id, number: numberOf(telling), bytes: packed.bytes })
    const seq = Number(insert.run(...valuesOf(row)).lastInsertRowid)
    payload.run(seq, packed.request, packed.data)
    const { name, hierarchy, metadata } = beside
    const texts = [name, JSON.stringify(hierarchy), JSON.stringify(metadata)]
    told.run(seq, user, ...texts, at, foreignId, known)
    annotations(seq, telling.annotations, { user, at })
    return id
  }

  return { trace, annotations, changeAnnotation }
}

type Made = { readonly id: string; readonly number: number | null; readonly bytes: number }

function rowOf({ at, project, origin, beside }: Telling, { id, number, bytes }: Made): TraceRow {
  const { model } = beside.metadata
  return {
    ...unplaced,
    ...nobodySaw,
    id,
    started_at: at,
    project,
    model: typeof model === 'string' && model !== '' ? model.slice(0, 200) : null,
    path: origin === 'pushed' ? '/api/v1/push/trace' : '/api/v1/dataset/upload',
    request_received_bytes: bytes,
    origin,
    number,
  }
}

const nobodySaw = {
  provider: null,
  dialect: null,
  stream: 0,
  method: 'POST',
  status: null,
  outcome: 'unknown',
  detail: null,
  verdict: null,
  called_ms: null,
  answered_ms: null,
  first_byte_ms: null,
  ended_ms: null,
  usage_input: null,
  usage_cached_input: null,
  usage_cache_write: null,
  usage_output: null,
  usage_reasoning: null,
  request_received_sha256: null,
  request_sent_bytes: 0,
  request_sent_sha256: null,
  reply_received_bytes: 0,
  reply_received_sha256: null,
  reply_sent_bytes: 0,
  reply_sent_sha256: null,
  attempts: 0,
  dropped_request: 0,
  dropped_reply: 0,
  client: null,
  usage_details: null,
  cost: null,
  cost_lines: null,
} as const satisfies Partial<TraceRow>
