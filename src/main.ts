import { join } from 'node:path'
import pkg from '../package.json' with { type: 'json' }
import { createBench } from './cli/bench.ts'
import { createCommands } from './cli/commands.ts'
import { ledgerOf, openFiles, storeFile } from './cli/files.ts'
import { openInstance } from './cli/instance/instance.ts'
import { live } from './cli/life.ts'
import { createLineWriter } from './cli/lines.ts'
import { createOutput } from './cli/output.ts'
import { run } from './cli/run.ts'
import { processSignals as signals } from './cli/signals.ts'
import type { Whereabouts } from './cli/source.ts'
import { becomeUnqueued, notify, ownCommand, readText, wait } from './cli/system.ts'
import { hireClerk, hireKeeper } from './cli/workers.ts'
import type { ServeOptions, World } from './cli/world.ts'
import { wallClock } from './core/clock.ts'
import { createLog } from './core/log.ts'

/** Entry: arguments and environment in, a command run. The only reader of `process.env`. */
const environment = process.env
const list = process.argv.slice(2)
// Beside this file from source, and at the root of the executable.
const workerFile = new URL('./worker.ts', import.meta.url).href

becomeUnqueued(list, environment)
const stop = new AbortController()
const stderr = createOutput(2)
const world: World = {
  stdout: createOutput(1),
  stderr,
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
  serve,
  openTraces,
}
if (list[0] !== 'serve') signals.onStop(() => stop.abort())
process.exit(await run(list, createCommands({ bench: createBench(ownCommand()) }), world))

function serve(options: ServeOptions): Promise<number> {
  const { config } = options
  let level = config.log
  const lines = createLineWriter(stderr)
  process.on('exit', lines.flush)
  const log = createLog(lines.write, () => level)
  const path = join(config.data, storeFile)
  const sender = crypto.randomUUID()
  const hire = hireKeeper(workerFile, { path, settings: config.traces, ledger: ledgerOf(config), sender })
  return live(options, {
    outside: { hire, hireClerk: hireClerk(workerFile, path), version: pkg.version, log },
    world,
    signals,
    notify: (state) => notify(state, environment),
    setLevel: (next) => (level = next),
  })
}

async function openTraces(where: Whereabouts) {
  if (where.kind === 'instance')
    return openInstance({ ...where, warn: (message) => stderr(`weir: ${message}\n`) })
  return openFiles(where.folder, { now: wallClock, log: createLog(stderr, () => 'warn') })
}
