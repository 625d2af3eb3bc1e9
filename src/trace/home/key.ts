import type { JsonObject } from '../../conversation/json.ts'
import { Fault } from '../../core/fault.ts'
import { momentOf, readMoment } from './moment.ts'
import { wrong } from './said.ts'
import { readUserName } from './users.ts'
import { isOverAll, may, rights, type Right, type Who } from './who.ts'

/** What a key is: its text, which is shown once, and what is kept and told of it. */
export type KeyRow = {
  readonly id: string
  readonly hash: string
  readonly label: string
  readonly name: string | null
  readonly user: string
  readonly rights: string
  readonly projects: string | null
  readonly created_at: number
  readonly expires_at: number | null
  readonly revoked_at: number | null
  readonly used_at: number | null
}

/** What whoever makes one wants of it. */
export type Wanted = {
  readonly name: string | null
  readonly user: string
  readonly rights: readonly Right[]
  readonly projects: readonly string[] | null
  readonly expiresAt: number | null
  /** Of a key that was made elsewhere, whose text nobody has: its sha-256. */
  readonly hash: string | null
}

/** What a key can do that nobody said more of: not to change who may, nor what holds those who may. */
const usualRights: readonly Right[] = ['push', 'read', 'gateway']
const mostProjects = 100
const labelLength = 4

export function makeKeyText(): string {
  return `inv-${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')}`
}

/** Plain, as Invariant's: 256 bits of chance need no salt and nothing slow. */
export function hashOfKey(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('hex')
}

export function labelOf(text: string): string {
  return text.slice(-labelLength)
}

export function readWanted(body: JsonObject, { who, at }: { who: Who; at: number }): Wanted {
  const { name, user, rights: told, projects, expires_at: expires, hashed_key: hash } = body
  return {
    name: readName(name),
    user: user === undefined || user === null ? who.user.id : readUserName(user),
    rights: told === undefined || told === null ? usualRights : readRights(told),
    projects: projects === undefined ? who.projects : readProjects(projects),
    expiresAt: expires === undefined || expires === null ? null : readExpiry(expires, at),
    hash: hash === undefined || hash === null ? null : readHash(hash),
  }
}

/** Nobody gives what they have not. */
export function demandGivable({ projects, user }: Wanted, who: Who): void {
  if (!who.rights.includes('admin'))
    throw new Fault('forbidden', 'This key may not make keys: that takes the right admin')
  if (who.projects === null) return
  if (projects === null)
    throw new Fault('forbidden', 'A key for all projects can be made with such a key only')
  const foreign = projects.find((project) => !may(who, 'admin', project))
  if (foreign !== undefined) throw new Fault('forbidden', `This key may not make keys for "${foreign}"`)
  if (user !== who.user.id) {
    throw new Fault('forbidden', 'Keys for other users can be made with a key for all projects only')
  }
}

/** Whether one who has these rights may see and revoke it: their own, those within their projects, or all. */
export function isTheirs({ user, projects }: KeyRow, who: Who): boolean {
  if (isOverAll(who)) return true
  if (user !== who.user.id) return false
  const within: readonly string[] | null = projects === null ? null : JSON.parse(projects)
  return who.projects === null || (within !== null && within.every((each) => who.projects?.includes(each)))
}

/** As Invariant's Explorer lists them, and what ours have besides. */
export function toListedKey(row: KeyRow, at: number) {
  const { expires_at: expires, revoked_at: revoked, used_at: used } = row
  return {
    id: row.id,
    time_created: momentOf(row.created_at),
    expired: revoked !== null || (expires !== null && expires <= at),
    hashed_key: row.label,
    name: row.name,
    user: row.user,
    rights: JSON.parse(row.rights),
    projects: row.projects === null ? null : JSON.parse(row.projects),
    expires_at: expires === null ? null : momentOf(expires),
    revoked_at: revoked === null ? null : momentOf(revoked),
    last_used: used === null ? null : momentOf(used),
  }
}

function readName(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && /^[^\p{Cc}]{1,100}$/u.test(value)) return value
  throw wrong('The name of a key must be a text of 1 to 100 characters in one line')
}

function readRights(value: unknown): readonly Right[] {
  const isList = Array.isArray(value) && value.length > 0
  const known = rights.filter((right) => isList && value.includes(right))
  if (isList && value.every((each) => known.includes(each))) return known
  throw wrong(`rights must be a list of some of ${rights.join(', ')}`)
}

function readProjects(value: unknown): readonly string[] | null {
  if (value === null) return null
  const isList = Array.isArray(value) && value.length > 0 && value.length <= mostProjects
  if (isList && value.every((each) => typeof each === 'string' && projectForm.test(each))) {
    return [...new Set<string>(value)]
  }
  throw wrong(`projects must be a list of 1 to ${mostProjects} names of projects, or null for all of them`)
}

const projectForm = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$/

function readExpiry(value: unknown, at: number): number {
  const moment = readMoment(value) / 1000
  if (moment > at) return moment
  throw wrong('expires_at must lie ahead')
}

function readHash(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase()
  throw wrong('hashed_key must be a sha-256 in 64 hexadecimal digits')
}
