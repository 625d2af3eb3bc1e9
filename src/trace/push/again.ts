import type { Store } from '../store.ts'
import { createOutbox } from './outbox.ts'

/** Has all that was refused sent again, of one project or of all; beside a Weir that runs. How many there were. */
export function pushAgain({ database }: Store, project: string | null, now: number): number {
  const outbox = createOutbox(database)
  return database.transaction(() => outbox.retry(project, now)).immediate()
}
