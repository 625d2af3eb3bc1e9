/**
 * Timers that are nearly always cleared before they are due, such as the limits on an exchange: all that wait equally
 * long share one, since to set and clear one for each costs 1 µs. They keep no process alive. For times as they are
 * configured, which are few: each time that somebody waits has a timer until nobody has waited so long.
 */
export type Later = (ms: number, act: () => void) => Due
export type Due = { readonly at: number; readonly act: () => void; readonly queue: Set<Due> }

export const later: Later = createLater(
  (ms, look) => void setTimeout(look, ms).unref(),
  () => performance.now(),
)

export function forget(due: Due): void {
  due.queue.delete(due)
}

export function createLater(wake: (ms: number, look: () => void) => void, now: () => number): Later {
  // By how long they wait; the members of each are in the order in which they are due.
  const queues = new Map<number, Set<Due>>()

  function begin(ms: number): Set<Due> {
    const queue = new Set<Due>()
    queues.set(ms, queue)
    wake(ms, () => look(ms, queue))
    return queue
  }

  function look(ms: number, queue: Set<Due>): void {
    try {
      for (const due of queue) {
        if (due.at > now()) break
        queue.delete(due)
        due.act()
      }
    } finally {
      rest(ms, queue)
    }
  }

  function rest(ms: number, queue: Set<Due>): void {
    const [next] = queue
    if (next === undefined) queues.delete(ms)
    else wake(Math.max(1, next.at - now()), () => look(ms, queue))
  }

  return (ms, act) => {
    const queue = queues.get(ms) ?? begin(ms)
    const due = { at: now() + ms, act, queue }
    queue.add(due)
    return due
  }
}
