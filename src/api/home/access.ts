import { Fault } from '../../core/fault.ts'
import type { GivenOrder } from '../../judge/given.ts'
import type { Permit } from '../../route/invariant.ts'
import { isOverAll, localUser, localWho, may, type Right, type Who } from '../../trace/home/who.ts'
import type { Snapshot } from '../../trace/home/snapshot.ts'
import { createCredentials } from './credentials.ts'
import { credentialIn } from './credential.ts'
import { toRules } from './rules.ts'

/**
 * Who may do what, decided on the main thread by a copy of what the store says (docs/keys.md). Nothing is asked of the
 * store for a request: the copy is sent when the store is open and before whoever changes it is answered.
 */
export type AccessSettings = {
  /** Of the configuration: whoever shows it may do everything. */
  readonly token: string | undefined
  /** `auto`: a key or token is needed once there is one. */
  readonly access: 'auto' | 'keys'
  /** Whether the server listens on this machine only. */
  readonly isLoopback: boolean
}

export type Access = {
  /** Throws what is wrong with whoever asks. Waits while the store has not been heard of since the start. */
  readonly whoIs: (request: Request) => Who | Promise<Who>
  /** For those who have the credential by itself. */
  readonly permit: (credential: string | null, project: string, right?: Right) => Permit | Promise<Permit>
  /** Whose it is; the local user's where it is nobody's. */
  readonly userOf: (credential: string | null) => string
  /** Whether a project is of somebody else than the local user, as far as that is known. */
  readonly isOwned: (project: string) => boolean
  /** Whether a request may bring rules of its own: a key by its right, one without a key where none is needed. */
  readonly mayRule: (credential: string | null, project: string) => boolean | Promise<boolean>
  /** Whether requests by model, and those to a provider's own paths, need a key as well. */
  readonly isForAll: boolean
  /** Whether a key or token is needed, as far as that is known. */
  readonly isNeeded: () => boolean
  /** The rules that a project has in the store; the same list until they change. */
  readonly rulesOf: (project: string) => readonly GivenOrder[]
  /** What the store says from now on. */
  readonly take: (snapshot: string) => Snapshot
  /** When which key was used, since this was last asked. */
  readonly takeUses: () => Readonly<Record<string, number>>
}

export type AccessOptions = AccessSettings & {
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
}

// The store opens in milliseconds. One that does not is not waited for a second time.
const mostWaitMs = 2_000

export function createAccess({ token, access, isLoopback, now, wait }: AccessOptions): Access {
  const credentials = createCredentials(token, now)
  const heard = Promise.withResolvers<void>()
  let rules: ReadonlyMap<string, readonly GivenOrder[]> = new Map()
  let owners: ReadonlyMap<string, string> = new Map()
  let isHeard = false
  let isGivenUp = false
  let hasKeys = false

  const isNeeded = () => access === 'keys' || token !== undefined || hasKeys
  const decide = (credential: string | null): Who | 'no-key' | 'unknown-key' => {
    const who = credential === null ? null : credentials.find(credential)
    if (who !== null) return who
    if (isHeard && !isNeeded()) return localWho
    return credential === null ? 'no-key' : 'unknown-key'
  }

  /** Null where it can be told at once. */
  const waiting = (credential: string | null): Promise<void> | null => {
    if (isHeard || isGivenUp || (credential !== null && credentials.isToken(credential))) return null
    return Promise.race([heard.promise, wait(mostWaitMs)]).then(() => void (isGivenUp = !isHeard))
  }

  const admit = (credential: string | null): Who => {
    const who = decide(credential)
    if (typeof who !== 'string') return who
    if (!isHeard)
      throw new Fault('overloaded', 'The store of keys cannot be read yet', { retryAfterSeconds: 1 })
    const problem = who === 'no-key' ? 'This API needs a token or key' : 'This token or key is not valid'
    throw new Fault('unauthorized', `${problem}: send "Authorization: Bearer <token or key>"`)
  }

  const permitNow = (credential: string | null, project: string, right: Right): Permit => {
    const who = decide(credential)
    // A store that is gone breaks no exchange. What others can reach stays closed: there may be keys.
    if (!isHeard && isLoopback && !isNeeded()) return 'granted'
    if (typeof who === 'string') return who
    const owner = owners.get(project)
    const isTheirs = owner === undefined || owner === who.user.id || isOverAll(who)
    return isTheirs && may(who, right, project) ? 'granted' : 'forbidden'
  }

  const mayRuleNow = (credential: string | null, project: string): boolean => {
    const who = credential === null ? null : credentials.find(credential)
    // They would stand in place of those that hold others: without a key this is for one user on one machine.
    return who === null ? isLoopback && !isNeeded() : may(who, 'rules', project)
  }

  return {
    whoIs: ({ headers }) => {
      const credential = credentialIn(headers)
      return waiting(credential)?.then(() => admit(credential)) ?? admit(credential)
    },
    permit: (credential, project, right = 'gateway') => {
      const decided = () => permitNow(credential, project, right)
      return waiting(credential)?.then(decided) ?? decided()
    },
    userOf: (credential) =>
      (credential === null ? null : credentials.find(credential))?.user.id ?? localUser.id,
    isOwned: (project) => owners.has(project),
    mayRule: (credential, project) => {
      const decided = () => mayRuleNow(credential, project)
      return waiting(credential)?.then(decided) ?? decided()
    },
    isForAll: access === 'keys',
    isNeeded,
    rulesOf: (project) => rules.get(project) ?? none,
    take: (text) => {
      // Written a moment ago by our own thread.
      const snapshot: Snapshot = JSON.parse(text)
      credentials.know(snapshot.keys)
      // Also if the store was lost and is a new one: what was closed does not open by itself.
      hasKeys ||= snapshot.hasKeys
      rules = toRules(snapshot.policies, rules)
      owners = new Map(snapshot.owned.map(({ project, user }) => [project, user]))
      isHeard = true
      heard.resolve()
      return snapshot
    },
    takeUses: credentials.takeUses,
  }
}

const none: readonly GivenOrder[] = []
