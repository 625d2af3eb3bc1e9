import type { Database } from 'bun:sqlite'
import { localUser } from './who.ts'

/** The number of a trace in its project: counted on, so that one that was removed leaves its number to nobody. */
export type Numbering = {
  /** `user`: whose the project is, if it is made by this. */
  readonly next: (project: string, at: number, user?: string) => number
  /** Some were given from outside: those that follow are greater. */
  readonly pass: (project: string, number: number, at: number) => void
}

const nextNumber = `INSERT INTO dataset (id, name, user, is_public, created_at, pushed_at, metadata, next)
  VALUES (lower(hex(randomblob(10))), ?, ?, 0, ?, ?, '{}', 1)
  ON CONFLICT (name) DO UPDATE SET next = next + 1, pushed_at = excluded.pushed_at
  RETURNING next - 1 AS number`

export function createNumbering(database: Database): Numbering {
  const next = database.prepare<{ number: number }, [string, string, number, number]>(nextNumber)
  const pass = database.prepare('UPDATE dataset SET next = max(next, ?), pushed_at = ? WHERE name = ?')
  return {
    next: (project, at, user = localUser.id) => next.get(project, user, at, at)?.number ?? 0,
    pass: (project, number, at) => void pass.run(number + 1, at, project),
  }
}
