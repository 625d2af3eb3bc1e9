import type { PushSums } from '../trace/push/entry.ts'
import { pushAgain } from '../trace/push/again.ts'
import { createWaiting } from '../trace/push/waiting.ts'
import { openBeside, visitStore } from '../trace/store.ts'
import { troubleOf } from '../trace/trouble.ts'
import type { ClearOptions } from './clear.ts'
import { troubled } from './trouble.ts'

/** The queues of traces that go elsewhere, in the store's files, beside a Weir that runs or without one. */
export function readPushes(path: string): readonly PushSums[] {
  const visited = visitStore(path)
  if (visited.kind === 'missing') return []
  if (visited.kind === 'failed') throw troubled(path, visited.trouble)
  try {
    return createWaiting(visited.store).sums()
  } catch (error) {
    throw troubled(path, troubleOf(error))
  } finally {
    visited.store.close()
  }
}

/** Of one project, or of all. How many there were. */
export function retryPushes(path: string, project: string | null, { now, log }: ClearOptions): number {
  const opened = openBeside({ path, durable: false, log, now })
  if (opened.kind === 'failed') throw troubled(path, opened.trouble)
  try {
    return pushAgain(opened.store, project, now())
  } catch (error) {
    throw troubled(path, troubleOf(error))
  } finally {
    opened.store.close()
  }
}
