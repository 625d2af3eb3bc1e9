import { writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import pkg from '../package.json' with { type: 'json' }
import { commands } from './cli/commands.ts'
import { run } from './cli/run.ts'
import { serveUntilStopped } from './cli/life.ts'
import type { World } from './cli/world.ts'
import { wallClock } from './core/clock.ts'
import type { Hire } from './merge/pool.ts'

/** Entry: arguments and environment in, a command run. The only reader of `process.env`. */

// `fetch` queues past 256 requests unless the process was started with this: 1,000 streams then wait 5 s for a byte.
// It is read at start only, so the process becomes itself once more, under the same id.
const mostRequests = 'BUN_CONFIG_MAX_HTTP_REQUESTS'

function becomeUnqueued(list: readonly string[]): void {
  if (list[0] !== 'serve' || process.env[mostRequests] !== undefined || process.execve === undefined) return
  const isExecutable = Bun.embeddedFiles.length > 0 || Bun.main.startsWith('/$bunfs/')
  const entry = isExecutable ? [] : [Bun.main]
  process.execve(process.execPath, [process.execPath, ...entry, ...list], { ...process.env, [mostRequests]: '65535' })
}

const hire: Hire = (hear, gone) => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url).href)
  worker.onmessage = ({ data }) => hear(data)
  worker.onerror = ({ message }) => gone(message)
  worker.addEventListener('close', () => gone('closed'))
  return { post: (message, transfer) => worker.postMessage(message, transfer), end: () => worker.terminate() }
}
