import { test } from 'bun:test'
import { realWait } from '../../../src/core/wait.ts'

test('a wait ends at once when the signal fires, and does not begin when it has', async () => {
  const stop = new AbortController()
  const waiting = realWait(1e9, stop.signal)
  stop.abort()
  await waiting
  await realWait(1e9, stop.signal)
})
