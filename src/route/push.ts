import { Fault } from '../core/fault.ts'
import { pushHeader } from '../wire/headers.ts'

/** A word that is none of these may be meant to keep a trace from going out. */
export function checkPush({ headers }: Request): void {
  const asked = headers.get(pushHeader)?.toLowerCase()
  if (asked === undefined || asked === 'push' || asked === 'skip') return
  throw new Fault('bad-request', 'Invariant-Push must be push or skip')
}
