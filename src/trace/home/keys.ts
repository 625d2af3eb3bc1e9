import type { Database } from 'bun:sqlite'
import type { JsonObject } from '../../conversation/json.ts'
import { createIds } from '../../core/id.ts'
import { Fault } from '../../core/fault.ts'
import { demandGivable, hashOfKey, isTheirs, type KeyRow, labelOf, makeKeyText, readWanted } from './key.ts'
import type { Asking } from './push.ts'
import { wrong } from './said.ts'
import { createUsers } from './users.ts'

/** Keys made, revoked and marked as used, in the thread that stores. */
export type Keys = {
  /** The only time that its text is told. */
  readonly create: (body: JsonObject, asking: Asking) => { readonly id: string; readonly key: string | null }
  readonly revoke: (id: string, asking: Asking) => { readonly success: true }
  /** When each was used last. */
  readonly used: (uses: Readonly<Record<string, number>>) => null
}

/** All of them are in the main thread's memory, at 0.5 KB each. */
const mostKeys = 10_000

const insertKey = `INSERT INTO api_key
  (id, hash, label, name, user, rights, projects, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

export function createKeys(database: Database): Keys {
  let now = 0
  const createId = createIds(() => now)
  const users = createUsers(database)
  const insert = database.prepare(insertKey)
  const count = database.prepare<{ count: number }, []>('SELECT count(*) AS count FROM api_key')
  const forget = database.prepare(
    `DELETE FROM api_key WHERE id = (SELECT id FROM api_key WHERE revoked_at IS NOT NULL OR expires_at <= ?
     ORDER BY coalesce(revoked_at, expires_at) LIMIT 1)`,
  )
  const find = database.prepare<KeyRow, [string]>('SELECT * FROM api_key WHERE id = ?')
  const same = database.prepare('SELECT 1 FROM api_key WHERE hash = ?')
  const revoke = database.prepare('UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
  const mark = database.prepare('UPDATE api_key SET used_at = max(coalesce(used_at, 0), ?) WHERE id = ?')

  /** One that nobody can use any more goes for it. */
  const demandRoom = (at: number): void => {
    if ((count.get()?.count ?? 0) < mostKeys || forget.run(at).changes > 0) return
    throw wrong(`There are ${mostKeys} keys, and no more can be`)
  }

  return {
    create: (body, { who, at }) => {
      const wanted = readWanted(body, { who, at })
      demandGivable(wanted, who)
      demandRoom(at)
      const key = wanted.hash === null ? makeKeyText() : null
      const hash = wanted.hash ?? hashOfKey(key ?? '')
      if (same.get(hash) !== null) throw wrong('This key is known already')
      now = at
      const id = createId()
      users.ensure(wanted.user, at)
      const projects = wanted.projects === null ? null : JSON.stringify(wanted.projects)
      const may = [JSON.stringify(wanted.rights), projects]
      const { name, user, expiresAt } = wanted
      insert.run(id, hash, labelOf(key ?? hash), name, user, ...may, at, expiresAt)
      return { id, key }
    },
    revoke: (id, { who, at }) => {
      const row = find.get(id)
      if (row === null) throw new Fault('not-found', 'API key not found')
      if (!who.rights.includes('admin')) {
        throw new Fault('forbidden', 'This key may not revoke keys: that takes the right admin')
      }
      if (!isTheirs(row, who)) throw new Fault('forbidden', 'API key does not belong to user')
      revoke.run(at, id)
      return { success: true }
    },
    used: (uses) => {
      for (const [id, at] of Object.entries(uses)) mark.run(at, id)
      return null
    },
  }
}
