import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, toRequest } from '../../src/cli/bench/load.ts'
import { ended, environmentOf, freePort, type Launcher } from '../../src/cli/bench/launch.ts'
import { median } from '../../src/cli/bench/statistics.ts'
import { atMost, unknown } from '../support/finding.ts'
import type { Row } from '../support/bench.ts'

/** From the start of the executable to its first answers: that it is alive, and a completion of the demo provider. */
const what = 'executable, start to first answer'
const target = 'at most 150 ms'
const mostStartMs = 10_000

export const start: Row = {
  name: 'start',
  run: async ({ launcher, rounds }) => {
    const alive: number[] = []
    const answered: number[] = []
    // The first is for the file cache: an executable of 100 MB is read once.
    for (let round = 0; round <= rounds * 2; round++) {
      const times = await startOnce(launcher)
      if (times === null) return [unknown(what, target, 'it did not answer')]
      if (round === 0) continue
      alive.push(times.aliveMs)
      answered.push(times.answeredMs)
    }
    const none = { bare: null, nginx: null, unit: 'ms', target } as const
    return [
      atMost({ what, ...none, weir: median(alive), note: '/health', raw: alive }, median(alive), 150),
      atMost(
        {
          what: 'the same, to a whole completion',
          ...none,
          weir: median(answered),
          note: 'demo',
          raw: answered,
        },
        median(answered),
        150,
      ),
    ]
  },
}

async function startOnce(launcher: Launcher): Promise<{ aliveMs: number; answeredMs: number } | null> {
  const folder = join(launcher.folder, 'start')
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const flags = ['serve', '--listen', `127.0.0.1:${port}`, '--data', folder]
  const startedAt = performance.now()
  const child = Bun.spawn([...launcher.weir, ...flags], {
    cwd: folder,
    env: environmentOf(launcher),
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  try {
    const health = Buffer.from(`GET /health HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
    if (!(await soon(port, [health], startedAt))) return null
    const aliveMs = performance.now() - startedAt
    const body = Buffer.from('{"model":"demo","messages":[{"role":"user","content":"Hello"}]}')
    const ask = toRequest({ port, path: '/demo/v1/chat/completions' }, [body])
    if (!(await soon(port, ask, startedAt))) return null
    return { aliveMs, answeredMs: performance.now() - startedAt }
  } finally {
    await ended(child)
    await rm(folder, { recursive: true, force: true })
  }
}

/** True with the first answer that is one; nobody listens for the first while. */
async function soon(port: number, request: readonly Uint8Array[], startedAt: number): Promise<boolean> {
  while (performance.now() - startedAt < mostStartMs) {
    const line = await connect(port).catch(() => null)
    const answer = await line?.ask(request).catch(() => null)
    line?.close()
    if (answer?.status === 200) return true
    await Bun.sleep(1)
  }
  return false
}
