import type { Database } from 'bun:sqlite'
import { type Part, packPart } from './data.ts'
import type { Verdict } from '../merge/judged.ts'
import type { Exchange } from './exchange.ts'
import type { Finished } from './finish.ts'
import { type PieceStore, mostLiteralBytes } from './piece-store.ts'
import { createNumbering } from './home/numbering.ts'
import { createOutbox } from './push/outbox.ts'
import { insertTrace, valuesOf } from './row.ts'
import { maskText } from './secrets.ts'
import { createStitch } from './session/stitch.ts'
import { createSpend } from './spend.ts'

/**
 * What one report asks of the database. All that can be thought out beforehand has been: a work can be undone
 * by a rollback and applied again, which nothing in memory has to know.
 */
export type Work =
  | {
      readonly kind: 'save'
      readonly exchange: Exchange
      readonly part: Part | null
      readonly partNumber: number
    }
  | { readonly kind: 'finish'; readonly exchange: Exchange; readonly finished: Finished }
  | Note

/** What rules said when the exchange was over already. */
export type Note = {
  readonly kind: 'note'
  readonly exchange: null
  readonly id: string
  readonly verdict: Verdict
  readonly judged: string
}

export type Applied = 'saved' | 'finished' | 'repeated'

export type OpenRow = {
  id: string
  begin: string
  head: string | null
  request: Uint8Array | null
  request_bytes: number
  request_kept_bytes: number
  request_sha256: Uint8Array | null
  request_true: number
}

const upsertOpen = `INSERT INTO open (id, begin, head, request, request_bytes, request_kept_bytes, request_sha256, request_true)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET head = excluded.head, request = excluded.request,
       request_bytes = excluded.request_bytes, request_kept_bytes = excluded.request_kept_bytes,
       request_sha256 = excluded.request_sha256, request_true = excluded.request_true`

/** The statements of the one writer, to be called within a transaction of the caller. */
export type Apply = {
  /** After the transaction has begun. */
  readonly begin: () => void
  readonly work: (work: Work) => Applied
  /** Before the transaction ends: what is written once for many works. */
  readonly settle: () => void
  /** When it is undone. */
  readonly forget: () => void
  /** What is written many at a time, however few there are. */
  readonly rest: () => void
  readonly isAtRest: () => boolean
}

export function createApply(database: Database, pieces: PieceStore): Apply {
  const insert = database.prepare(insertTrace)
  const stitch = createStitch(database)
  const numbering = createNumbering(database)
  const insertPayload = database.prepare('INSERT INTO payload (seq, request, data) VALUES (?, ?, ?)')
  const isFinished = database.prepare('SELECT 1 FROM traces WHERE id = ?')
  const removeOpen = database.prepare('DELETE FROM open WHERE id = ?')
  const removeParts = database.prepare('DELETE FROM reply_part WHERE id = ?')
  const insertPart = database.prepare('INSERT INTO reply_part (id, part, whole, data) VALUES (?, ?, ?, ?)')
  const saveOpen = database.prepare(upsertOpen)
  const saveVerdict = database.prepare('UPDATE traces SET verdict = ? WHERE id = ?')
  const saveJudged = database.prepare(
    'INSERT INTO judged (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data',
  )
  const spend = createSpend(database)
  const outbox = createOutbox(database)

  const manifestOf = (exchange: Exchange, isOpen: boolean): Uint8Array | null => {
    const { request } = exchange
    if (request.manifest !== null || request.masked === null) return request.manifest
    if (!isOpen && request.masked.length <= mostLiteralBytes) return null
    request.manifest = pieces.keep(request.masked)
    return request.manifest
  }

  const finish = (exchange: Exchange, finished: Finished): Applied => {
    const { row, told, push } = finished
    const place = stitch.find(told, row)
    const number = numbering.next(row.project, row.started_at, exchange.begin.user)
    const placed = { ...row, ...place.row, number }
    const { lastInsertRowid, changes } = insert.run(...valuesOf(placed))
    if (changes === 0) {
      discard(exchange)
      return 'repeated'
    }
    const seq = Number(lastInsertRowid)
    spend.add(row)
    stitch.join(place, told, placed, seq)
    insertPayload.run(seq, manifestOf(exchange, false), finished.data)
    if (finished.judged !== null) saveJudged.run(row.id, finished.judged)
    if (push !== null) {
      const { id, project, started_at: at } = row
      outbox.add({ seq, id, project, at, ...push }, push.rule)
    }
    if (exchange.saved) removeOpen.run(exchange.id)
    if (finished.withoutRaw) removeParts.run(exchange.id)
    return 'finished'
  }

  /** Its trace is there already: what a second telling had opened meanwhile goes, the parts are the trace's. */
  const discard = (exchange: Exchange) => {
    if (!exchange.saved) return
    removeOpen.run(exchange.id)
    if (exchange.request.manifest !== null) pieces.release(exchange.request.manifest)
  }

  const save = (exchange: Exchange, part: Part | null, partNumber: number): Applied => {
    if (!exchange.saved && isFinished.get(exchange.id) !== null) return 'repeated'
    if (exchange.changed) {
      saveOpen.run(...openValues(exchange, manifestOf(exchange, true)))
      exchange.saved = true
      exchange.changed = false
    }
    if (part !== null) insertPart.run(exchange.id, partNumber, exchange.reply.isTrue ? 1 : 0, packPart(part))
    return 'saved'
  }

  const note = ({ id, verdict, judged }: Note): Applied => {
    // It may have been removed meanwhile.
    if (saveVerdict.run(verdict, id).changes > 0) saveJudged.run(id, judged)
    return 'saved'
  }

  const apply = (work: Work): Applied => {
    switch (work.kind) {
      case 'finish':
        return finish(work.exchange, work.finished)
      case 'save':
        return save(work.exchange, work.part, work.partNumber)
      case 'note':
        return note(work)
    }
  }
  let isRecovered = false
  const begin = () => {
    if (!isRecovered) stitch.links.recover()
    isRecovered = true
  }
  return {
    begin,
    work: apply,
    settle: () => {
      spend.settle()
      numbering.settle()
      stitch.links.writeIfMany()
    },
    forget: () => {
      spend.forget()
      numbering.forget()
      isRecovered = false
    },
    rest: stitch.links.write,
    isAtRest: stitch.links.areWritten,
  }
}

function openValues({ id, begin, head, secrets, request }: Exchange, manifest: Uint8Array | null) {
  return [
    id,
    maskText(JSON.stringify(begin), secrets),
    head === null ? null : maskText(JSON.stringify(head), secrets),
    manifest,
    request.seen,
    request.kept,
    request.sha256,
    request.isTrue ? 1 : 0,
  ]
}

/** Those that works are about; a note is about one that nobody has in mind any more. */
export function exchangesOf(works: readonly Work[]): Exchange[] {
  return works.flatMap(({ exchange }) => (exchange === null ? [] : [exchange]))
}

/** What applying changes in memory, to be taken back with the rollback. */
export function createUndo(works: readonly Work[]): () => void {
  const before = exchangesOf(works).map((exchange) => {
    const { saved, changed, request } = exchange
    return { exchange, saved, changed, manifest: request.manifest }
  })
  return () => {
    // Backwards: of an exchange with two works the first memory is the true one.
    for (const { exchange, saved, changed, manifest } of before.toReversed()) {
      exchange.saved = saved
      exchange.changed = changed
      exchange.request.manifest = manifest
    }
  }
}
