import { causeOf, type Log } from '../core/log.ts'
import type { Pool } from '../merge/pool.ts'
import type { PushChange } from '../merge/push.ts'
import type { Change } from '../trace/home/change.ts'
import type { ChangeAnswer } from '../trace/home/changing.ts'
import { localWho } from '../trace/home/who.ts'

/** Has what became of a trace written by the thread that writes. False if it was not, or if nobody knows. */
export function createRecord(change: Pool['change'], log: Log): (pushed: PushChange) => Promise<boolean> {
  return async (pushed) => {
    const asked: Change = { who: localWho, kind: 'pushed', changes: [pushed] }
    try {
      const answer: ChangeAnswer = JSON.parse(await change(JSON.stringify(asked), new ArrayBuffer(0)))
      return answer.kind === 'done'
    } catch (error) {
      log('debug', 'push-unrecorded', { trace: pushed.id, why: causeOf(error) })
      return false
    }
  }
}
