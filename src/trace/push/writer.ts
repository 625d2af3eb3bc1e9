import type { PushOrder } from '../../merge/push.ts'
import type { Store } from '../store.ts'
import { createOutbox } from './outbox.ts'

/** What is told of the queue, written by the one thread that writes. */
export type PushWriter = {
  /** How many rows it was about, once that is with the system. Throws what is wrong with the store. */
  readonly write: (order: PushOrder) => number
}

export function createPushWriter({ database }: Store, now: () => number): PushWriter {
  const outbox = createOutbox(database)
  const act = (order: PushOrder): number => {
    if (order.kind === 'retry') return outbox.retry(order.project, now())
    for (const change of order.changes) outbox.change(change)
    return order.changes.length
  }
  return { write: (order) => database.transaction(() => act(order)).immediate() }
}
