import { Fault } from '../core/fault.ts'

/** Whether one exchange more can be taken on; refused if not. */
export type Load = { readonly running: ReadonlySet<unknown>; readonly stopping: boolean }

export function admit({ running, stopping }: Load, mostOpen: number): void {
  if (stopping) throw new Fault('stopping', 'Weir is stopping', { retryAfterSeconds: 5 })
  if (running.size <= mostOpen) return
  throw new Fault('overloaded', 'Too many exchanges are open', { retryAfterSeconds: 1 })
}
