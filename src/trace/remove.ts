import type { Database } from 'bun:sqlite'
import { createForget } from './home/forget.ts'
import type { PieceStore } from './piece-store.ts'
import { createOutbox } from './push/outbox.ts'
import { createStitch } from './session/stitch.ts'

/** A trace and all that is kept for it; within a transaction of the caller. */
export type Removable = { seq: number; id: string; request: Uint8Array | null }

export function createRemove(database: Database, pieces: PieceStore): (row: Removable) => void {
  const removeTrace = database.prepare('DELETE FROM traces WHERE seq = ?')
  const removePayload = database.prepare('DELETE FROM payload WHERE seq = ?')
  const stitch = createStitch(database)
  const forget = createForget(database)
  const removeParts = database.prepare('DELETE FROM reply_part WHERE id = ?')
  const removeJudged = database.prepare('DELETE FROM judged WHERE id = ?')
  const outbox = createOutbox(database)
  return ({ seq, id, request }) => {
    if (request !== null) pieces.release(request)
    stitch.remove(seq)
    forget(seq)
    removePayload.run(seq)
    removeParts.run(id)
    removeJudged.run(id)
    outbox.remove(seq)
    removeTrace.run(seq)
  }
}
