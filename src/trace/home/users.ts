import type { Database } from 'bun:sqlite'
import { wrong } from './said.ts'

/** Whom keys and projects belong to. A user is a name and no more: nobody logs in, keys are made for them. */
export type Users = {
  /** There from now on. */
  readonly ensure: (name: string, at: number) => void
}

const mostUsers = 10_000

export function createUsers(database: Database): Users {
  const insert = database.prepare('INSERT INTO user (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const find = database.prepare('SELECT 1 FROM user WHERE name = ?')
  const count = database.prepare<{ count: number }, []>('SELECT count(*) AS count FROM user')
  return {
    ensure: (name, at) => {
      if (find.get(name) !== null) return
      if ((count.get()?.count ?? 0) >= mostUsers)
        throw wrong(`There are ${mostUsers} users, and no more can be`)
      insert.run(name, at)
    },
  }
}

/** It is a part of addresses (`/dataset/byuser/{name}/...`). */
export function readUserName(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9@._-]{0,99}$/.test(value)) return value
  throw wrong('A username may have 1 to 100 letters, digits and @._-, and begins with a letter or digit')
}
