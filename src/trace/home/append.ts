import type { Database } from 'bun:sqlite'
import type { JsonObject } from '../../conversation/json.ts'
import { isObject } from '../../conversation/json.ts'
import type { PieceStore } from '../piece-store.ts'
import { moveAddress } from './address.ts'
import { readAnnotations } from './annotation.ts'
import { type Contents, packMessages } from './content.ts'
import { joinMessages } from './join.ts'
import { readMoment } from './moment.ts'
import type { Asking, Writing } from './push.ts'
import { mostMessages, readMessages, wrong } from './said.ts'

/**
 * Messages for a trace that is there. One writer takes them one after the other, each with the state that the one before
 * left; what stands before an older message moves it, and the remarks about it with it.
 */
export type Append = (id: string, body: JsonObject, asking: Asking) => { success: true }

type Kept = { request: Uint8Array | null }
type Note = { id: string; address: string | null }

export function createAppend(
  database: Database,
  { rows, insert, contents, pieces }: Writing & { contents: Contents; pieces: PieceStore },
): Append {
  const payload = database.prepare<Kept, [number]>('SELECT request FROM payload WHERE seq = ?')
  const keep = database.prepare('UPDATE payload SET request = ?, data = ? WHERE seq = ?')
  const size = database.prepare('UPDATE traces SET request_received_bytes = ? WHERE seq = ?')
  const change = database.prepare('UPDATE told SET changed_at = ? WHERE seq = ?')
  const pushed = database.prepare('UPDATE dataset SET pushed_at = ? WHERE name = ?')
  const notes = database.prepare<Note, [number]>('SELECT id, address FROM annotation WHERE trace = ?')
  const move = database.prepare('UPDATE annotation SET address = ? WHERE id = ?')
  let latest = 0

  const moveNotes = (seq: number, moved: readonly number[]): void => {
    if (moved.every((to, from) => to === from)) return
    for (const { id, address } of notes.all(seq)) {
      const to = moveAddress(address, moved)
      if (to !== address) move.run(to, id)
    }
  }

  return (id, body, { who, at }) => {
    const row = rows.writable(id, who)
    if (row.origin === 'recorded') {
      throw wrong('This trace was recorded as it passed: nothing can be appended to it')
    }
    const coming = readComing(body['messages'])
    const present = contents.messagesOf(row).filter(isObject)
    if (present.length + coming.length > mostMessages) {
      throw wrong(`A trace has at most ${mostMessages} messages`)
    }
    // The clock may be set back; what comes later stays later.
    latest = Math.max(latest, Math.floor(at * 1000))
    const createdAt = Math.floor(row.started_at * 1000)
    const { messages, moved } = joinMessages(present, coming, { createdAt, now: latest })
    const annotations = readAnnotations(body['annotations'], messages, 'annotations')
    const before = payload.get(row.seq)?.request ?? null
    const packed = packMessages(messages, pieces)
    keep.run(packed.request, packed.data, row.seq)
    if (before !== null) pieces.release(before)
    size.run(packed.bytes, row.seq)
    moveNotes(row.seq, moved)
    insert.annotations(row.seq, annotations, { user: who.user.id, at })
    change.run(at, row.seq)
    pushed.run(at, row.project)
    return { success: true }
  }
}

function readComing(value: unknown): readonly JsonObject[] {
  const isList = Array.isArray(value) && value.length > 0 && value.every(isObject)
  if (!isList) throw wrong('Invalid messages format - expected a non-empty list of dictionaries')
  const messages = readMessages(value, 'messages')
  for (const { timestamp } of messages) {
    if (timestamp !== undefined && timestamp !== null) readMoment(timestamp)
  }
  return messages
}
