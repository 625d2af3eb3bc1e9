import type { Database } from 'bun:sqlite'
import type { PolicyAction } from './policy.ts'
import { localUser, type Right } from './who.ts'

/** All that the main thread must know to let somebody in and to apply the rules of projects, without asking the store. */
export type Snapshot = {
  readonly keys: readonly KnownKey[]
  /** Whether one was ever made: then nobody is let in without, also after the last has been revoked. */
  readonly hasKeys: boolean
  /** Those that are enabled, in their order. */
  readonly policies: readonly KnownPolicy[]
  /** Projects that belong to somebody: not those of the local user, which everybody's exchanges may be in. */
  readonly owned: readonly Owned[]
}

export type Owned = { readonly project: string; readonly user: string }

export type KnownKey = {
  readonly id: string
  readonly hash: string
  readonly user: string
  readonly rights: readonly Right[]
  readonly projects: readonly string[] | null
  readonly expiresAt: number | null
}

export type KnownPolicy = {
  readonly project: string
  readonly name: string
  readonly content: string
  readonly action: PolicyAction
}

type KeyColumns = {
  id: string
  hash: string
  user: string
  rights: string
  projects: string | null
  expires_at: number | null
}

/** The snapshot, if anything has changed since it was last taken, whoever changed it. */
export function createSnapshots(database: Database): () => Snapshot | null {
  const version = database.prepare<{ number: number }, []>('SELECT number FROM access_version')
  const keys = database.prepare<KeyColumns, []>(
    'SELECT id, hash, user, rights, projects, expires_at FROM api_key WHERE revoked_at IS NULL',
  )
  const some = database.prepare('SELECT 1 FROM api_key LIMIT 1')
  const policies = database.prepare<KnownPolicy, []>(
    `SELECT dataset.name AS project, policy.name, content, action FROM policy JOIN dataset ON dataset.id = policy.dataset
     WHERE enabled = 1 ORDER BY project, place`,
  )
  const owned = database.prepare<Owned, [string]>('SELECT name AS project, user FROM dataset WHERE user <> ?')
  const take = database.transaction((): Snapshot & { number: number } => ({
    number: version.get()?.number ?? 0,
    keys: keys.all().map(toKnown),
    hasKeys: some.get() !== null,
    policies: policies.all(),
    owned: owned.all(localUser.id),
  }))
  let last = -1
  return () => {
    if ((version.get()?.number ?? 0) === last) return null
    const { number, ...snapshot } = take()
    last = number
    return snapshot
  }
}

function toKnown({ rights, projects, expires_at: expiresAt, ...row }: KeyColumns): KnownKey {
  return {
    ...row,
    rights: JSON.parse(rights),
    projects: projects === null ? null : JSON.parse(projects),
    expiresAt,
  }
}
