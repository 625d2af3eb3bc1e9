import { causeOf, type Log } from '../core/log.ts'
import type { Pool } from '../merge/pool.ts'
import type { PushChange } from '../merge/push.ts'
import { askChange } from '../trace/home/ask-change.ts'
import { localWho } from '../trace/home/who.ts'

/** Has what became of a trace written by the thread that writes. False if it was not, or if nobody knows. */
export function createRecord(change: Pool['change'], log: Log): (pushed: PushChange) => Promise<boolean> {
  return async (pushed) => {
    try {
      await askChange(change, { who: localWho, kind: 'pushed', changes: [pushed] })
      return true
    } catch (error) {
      log('debug', 'push-unrecorded', { trace: pushed.id, why: causeOf(error) })
      return false
    }
  }
}
