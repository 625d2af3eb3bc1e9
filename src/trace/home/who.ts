/** Who asks, and what for they may ask. Plain data: it goes to other threads with each question. */
export const rights = ['push', 'read', 'gateway', 'rules', 'admin'] as const
export type Right = (typeof rights)[number]

export type User = { readonly id: string; readonly username: string }

export type Who = {
  readonly user: User
  readonly rights: readonly Right[]
  /** The projects these hold for; null for all there are. */
  readonly projects: readonly string[] | null
}

/** Whom everything belongs to where nobody logs in. */
export const localUser: User = { id: 'developer', username: 'developer' }
export const localWho: Who = { user: localUser, rights, projects: null }

/** Snippets are in no project: their project is the empty name. */
export function may({ rights, projects }: Who, right: Right, project: string): boolean {
  if (!rights.includes(right) && !rights.includes('admin')) return false
  return projects === null || projects.includes(project)
}

/** Whom everything is open to, whosever it is. All others have what is their user's own. */
export function isOverAll({ rights, projects }: Who): boolean {
  return rights.includes('admin') && projects === null
}

export function userOf(id: string) {
  return { id, username: id, image_url_hash: '' }
}
