import { Fault } from '../../core/fault.ts'
import { projectOf } from '../../merge/begin.ts'
import type { Permit } from '../../route/invariant.ts'
import type { Access } from './access.ts'
import { localUser } from '../../trace/home/who.ts'
import { keyHeader, ownKeyIn } from './credential.ts'

/**
 * Whether an exchange may begin, and as whose: the name of a user, or why not. A key is asked for where the configuration
 * wants one of everybody, and for a project that is somebody's.
 */
export type LetIn = (request: Request) => string | Fault | Promise<string | Fault>

export function createLetIn({ isForAll, isNeeded, isOwned, permit, userOf }: Access): LetIn {
  const decide = async (key: string | null, project: string): Promise<string | Fault> =>
    toDenial(await permit(key, project), project) ?? userOf(key)
  return ({ headers }) => {
    if (!isNeeded()) return localUser.id
    const project = projectOf(headers)
    const key = ownKeyIn(headers)
    return isForAll || isOwned(project) ? decide(key, project) : userOf(key)
  }
}

function toDenial(permit: Permit, project: string): Fault | null {
  switch (permit) {
    case 'granted':
      return null
    case 'no-key':
      return new Fault('unauthorized', `This needs a key of Weir's own: send it as ${keyHeader}`)
    case 'unknown-key':
      return new Fault('unauthorized', `The key in ${keyHeader} is not valid`)
    case 'forbidden':
      return new Fault('forbidden', `This key may not use the gateway for the project "${project}"`)
  }
}
