import { Database } from 'bun:sqlite'
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { type Trouble, troubleOf } from './trouble.ts'

/**
 * One Weir per folder: a second one would take the exchanges that run in the first for left over, and end them as
 * interrupted. A transaction of SQLite that stays open is the lock: the system ends it with the process, however
 * that dies, so that nothing has to be cleared away.
 */
export type Lock =
  | { readonly kind: 'held'; readonly release: () => void }
  | { readonly kind: 'failed'; readonly trouble: Trouble }

export function lockFolder(folder: string): Lock {
  const path = join(folder, 'weir.lock')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
    return lockFile(new Database(path))
  } catch (error) {
    return { kind: 'failed', trouble: troubleOf(error) }
  }
}

function lockFile(database: Database): Lock {
  try {
    database.run('BEGIN EXCLUSIVE')
    return { kind: 'held', release: () => database.close() }
  } catch (error) {
    database.close()
    return { kind: 'failed', trouble: troubleOf(error) }
  }
}
