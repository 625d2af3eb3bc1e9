import { writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pkg from '../package.json' with { type: 'json' }
import { createBench } from './cli/bench.ts'
import { createCommands } from './cli/commands.ts'
import { openFiles, storeFile } from './cli/files.ts'
import { live, type Signals } from './cli/life.ts'
import { openInstance } from './cli/instance/instance.ts'
import { run } from './cli/run.ts'
import type { World } from './cli/world.ts'
import { wallClock } from './core/clock.ts'
import { createLog } from './core/log.ts'
import type { Hire } from './merge/pool.ts'
import type { HireClerk } from './trace/desk.ts'
import type { Duty } from './worker.ts'

/** Entry: arguments and environment in, a command run. The only reader of `process.env`. */
const environment = process.env
const list = process.argv.slice(2)
becomeUnqueued()

const signals: Signals = {
  onReload: (listener) => void process.on('SIGHUP', listener),
  onStop: (listener) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, listener)
  },
}
const world: World = createWorld()
// What this process was started with, to start more of its kind.
const self = isExecutable() ? [process.execPath] : [process.execPath, Bun.main]
process.exit(await run(list, createCommands({ bench: createBench(self) }), world))

/**
 * `fetch` queues past 256 requests unless the process was started with a higher number: 1,000 streams then wait 5 s for
 * their first byte. It is read at the start only, so the process becomes itself once more, under the same id.
 */
function becomeUnqueued(): void {
  const name = 'BUN_CONFIG_MAX_HTTP_REQUESTS'
  if (list[0] !== 'serve' || environment[name] !== undefined) return
  const entry = isExecutable() ? [] : [Bun.main]
  process.execve?.(process.execPath, [process.execPath, ...entry, ...list], {
    ...environment,
    [name]: '65535',
  })
}

function isExecutable(): boolean {
  return Bun.main.startsWith('/$bunfs/')
}

function createWorld(): World {
  const stop = new AbortController()
  if (list[0] !== 'serve') signals.onStop(() => stop.abort())
  const write = (descriptor: number) => (text: string | Uint8Array) => writeAll(descriptor, text)
  return {
    stdout: write(1),
    stderr: write(2),
    isTerminal: process.stdout.isTTY === true,
    isErrorTerminal: process.stderr.isTTY === true,
    width: process.stdout.columns ?? 100,
    environment,
    now: wallClock,
    wait: (ms) => wait(ms, stop.signal),
    stop: stop.signal,
    folder: process.cwd(),
    readText,
    version: pkg.version,
    serve: (options) => {
      const { config } = options
      const log = createLog(createLineWriter(), config.log)
      const path = join(config.data, storeFile)
      const hire = hireKeeper({ path, settings: config.traces, sender: crypto.randomUUID() })
      const outside = { hire, hireClerk: hireClerk(path), version: pkg.version, log }
      return live(options, { outside, world, signals, notify })
    },
    openTraces: async (where) => {
      if (where.kind === 'instance')
        return openInstance({ ...where, warn: (text) => write(2)(`weir: ${text}\n`) })
      return openFiles(where.folder, { now: wallClock, log: createLog(write(2), 'warn') })
    },
  }
}

/** Lines gathered for a moment: a write for each exchange would cost 5 µs of the main thread. */
function createLineWriter(): (line: string) => void {
  let lines = ''
  const flush = () => {
    const text = lines
    lines = ''
    if (text !== '') writeAll(2, text)
  }
  process.on('exit', flush)
  return (line) => {
    if (lines === '') setTimeout(flush, 50)
    lines += line
  }
}

function writeAll(descriptor: number, text: string | Uint8Array): void {
  const bytes = Buffer.from(text)
  let at = 0
  while (at < bytes.byteLength) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      // A pipe that is full for the moment; anything else (EPIPE) is for the caller.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Bun.sleepSync(1)
    }
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Type=notify of systemd: its own tool speaks to it, because Bun has no datagram sockets of that kind. */
async function notify(state: string): Promise<void> {
  if (environment['NOTIFY_SOCKET'] === undefined) return
  await Bun.spawn(['systemd-notify', state], { stdio: ['ignore', 'ignore', 'inherit'] }).exited
}

function hireKeeper(duty: Omit<Extract<Duty, { kind: 'keep' }>, 'kind' | 'recovers'>): Hire {
  let isFirst = true
  return (hear, gone) => {
    const worker = openWorker({ kind: 'keep', ...duty, recovers: isFirst }, gone)
    isFirst = false
    worker.onmessage = ({ data }) => hear(data)
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      end: () => worker.terminate(),
    }
  }
}

function hireClerk(path: string): HireClerk {
  return (hear, gone) => {
    const worker = openWorker({ kind: 'read', path }, gone)
    worker.onmessage = ({ data }) => hear(data)
    return { ask: (question) => worker.postMessage(question) }
  }
}

function openWorker(duty: Duty, gone: (why: string) => void): Worker {
  // Beside this file from source, and at the root of the executable.
  const worker = new Worker(new URL('./worker.ts', import.meta.url).href)
  worker.onerror = ({ message }) => gone(message)
  worker.addEventListener('close', () => gone('it ended'))
  worker.postMessage(duty)
  return worker
}
