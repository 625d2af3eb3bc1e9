import { hashOfKey } from '../../trace/home/key.ts'
import type { KnownKey } from '../../trace/home/snapshot.ts'
import { localUser, rights, type Who } from '../../trace/home/who.ts'

/**
 * Whom a credential stands for. It is looked up by its sha-256, so that the time taken says nothing about the text of any
 * that is known; the hashes of those last shown are remembered, which saves 1.5 µs a request.
 */
export type Credentials = {
  readonly find: (credential: string) => Who | null
  readonly isToken: (credential: string) => boolean
  readonly know: (keys: readonly KnownKey[]) => void
  readonly takeUses: () => Readonly<Record<string, number>>
}

const mostRemembered = 1_000
// Ours have 68 characters. A longer one is hashed each time, so that what is remembered is small.
const mostCharacters = 256

type Known = { readonly id: string; readonly who: Who; readonly expiresAt: number | null }

export function createCredentials(token: string | undefined, now: () => number): Credentials {
  const tokenHash = token === undefined ? null : hashOfKey(token)
  const hashes = new Map<string, string>()
  const uses = new Map<string, number>()
  let byHash: ReadonlyMap<string, Known> = new Map()

  const hashOf = (credential: string): string => {
    const known = hashes.get(credential)
    if (known !== undefined) return known
    const hash = hashOfKey(credential)
    if (credential.length > mostCharacters) return hash
    if (hashes.size >= mostRemembered) hashes.clear()
    hashes.set(credential, hash)
    return hash
  }

  return {
    find: (credential) => {
      const hash = hashOf(credential)
      if (hash === tokenHash) return tokenWho
      const known = byHash.get(hash)
      if (known === undefined) return null
      const at = now()
      if (known.expiresAt !== null && known.expiresAt <= at) return null
      uses.set(known.id, Math.floor(at))
      return known.who
    },
    isToken: (credential) => tokenHash !== null && hashOf(credential) === tokenHash,
    know: (keys) => {
      byHash = new Map(keys.map((key) => [key.hash, toKnown(key)]))
    },
    takeUses: () => {
      const taken = Object.fromEntries(uses)
      uses.clear()
      return taken
    },
  }
}

const tokenWho: Who = { user: localUser, rights, projects: null }

function toKnown({ id, user, rights, projects, expiresAt }: KnownKey): Known {
  return { id, who: { user: { id: user, username: user }, rights, projects }, expiresAt }
}
