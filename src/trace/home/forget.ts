import type { Database } from 'bun:sqlite'

/** What was told of a trace goes with it. */
export function createForget(database: Database): (seq: number) => void {
  const removeTold = database.prepare('DELETE FROM told WHERE seq = ?')
  const removeNotes = database.prepare('DELETE FROM annotation WHERE trace = ?')
  return (seq) => {
    removeTold.run(seq)
    removeNotes.run(seq)
  }
}
