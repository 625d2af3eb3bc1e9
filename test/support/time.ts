import type { Wait } from '../../src/core/wait.ts'

/** Time that stands still until a test moves it; whoever waits meanwhile is woken in order. */
export function fakeTime(startMs = 1_000_000) {
  let nowMs = startMs
  const sleepers = new Set<{ atMs: number; wake: () => void }>()
  const wait: Wait = (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const sleeper = {
        atMs: nowMs + ms,
        wake: () => {
          sleepers.delete(sleeper)
          resolve()
        },
      }
      sleepers.add(sleeper)
      signal.addEventListener('abort', sleeper.wake)
    })
  return {
    now: () => nowMs,
    wait,
    sleepers,
    advance: async (ms: number) => {
      const until = nowMs + ms
      await settled()
      for (;;) {
        const next = [...sleepers].sort((left, right) => left.atMs - right.atMs)[0]
        if (next === undefined || next.atMs > until) break
        nowMs = next.atMs
        next.wake()
        await settled()
      }
      nowMs = until
    },
  }
}

/** All that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
}
