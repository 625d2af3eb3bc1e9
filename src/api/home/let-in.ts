import { Fault } from '../../core/fault.ts'
import { projectOf } from '../../merge/begin.ts'
import type { Permit } from '../../route/invariant.ts'
import type { Access } from './access.ts'
import { keyHeader, ownKeyIn } from './credential.ts'

/** Whether an exchange may begin: null for yes. What is asked only where the configuration wants a key of everybody. */
export type LetIn = (request: Request) => Promise<Fault | null>

export function createLetIn({ isForAll, permit }: Access): LetIn | null {
  if (!isForAll) return null
  return async ({ headers }) => {
    const project = projectOf(headers)
    return toDenial(await permit(ownKeyIn(headers), project), project)
  }
}

function toDenial(permit: Permit, project: string): Fault | null {
  switch (permit) {
    case 'granted':
      return null
    case 'no-key':
      return new Fault('unauthorized', `This Weir needs a key of its own: send it as ${keyHeader}`)
    case 'unknown-key':
      return new Fault('unauthorized', `The key in ${keyHeader} is not valid`)
    case 'forbidden':
      return new Fault('forbidden', `This key may not use the gateway for the project "${project}"`)
  }
}
