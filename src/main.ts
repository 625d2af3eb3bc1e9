import { join } from 'node:path'
import pkg from '../package.json' with { type: 'json' }
import { createBench } from './cli/bench.ts'
import { createCommands } from './cli/commands.ts'
import { connectDetectors } from './cli/connect.ts'
import { ledgerOf, openFiles, storeFile } from './cli/files.ts'
import { openInstance } from './cli/instance/instance.ts'
import { openKeyFiles } from './cli/keys/files.ts'
import { openKeyInstance } from './cli/keys/instance.ts'
import type { KeySource } from './cli/keys/source.ts'
import { live } from './cli/life.ts'
import { createLineWriter } from './cli/lines.ts'
import { createOutput, createUnhurriedErrors, writeAtOnce } from './cli/output.ts'
import { run } from './cli/run.ts'
import { processSignals as signals } from './cli/signals.ts'
import type { Whereabouts } from './cli/source.ts'
import {
  becomePrepared,
  findFiles,
  notify,
  openLines,
  ownCommand,
  readBytes,
  readText,
  typedCommand,
  writeNew,
} from './cli/system.ts'
import { hireChecker, hireClerk, hireJudge, hireKeeper, hireSender } from './cli/workers.ts'
import type { ServeOptions, World } from './cli/world.ts'
import { wallClock } from './core/clock.ts'
import { causeOf, createLog, toLine, type Level } from './core/log.ts'
import { realWait } from './core/wait.ts'
import { rulesOf, targetsOf } from './push/schema.ts'

/** Entry: arguments and environment in, a command run. The only reader of `process.env`. */
const environment = process.env
const list = process.argv.slice(2)
// Beside this file from source, and at the root of the executable.
const workerFile = new URL('./worker.ts', import.meta.url).href
const judgeFile = new URL('./judge-worker.ts', import.meta.url).href

// About 5,000 exchanges: what a reader that stands still for a while has missed.
const mostWaitingLogBytes = 1 << 20
// A reader that is there takes a full queue in milliseconds.
const mostLogFlushMs = 500

becomePrepared(list, environment)
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
  wait: (ms) => realWait(ms, stop.signal),
  stop: stop.signal,
  folder: process.cwd(),
  readText,
  readBytes,
  openLines,
  findFiles,
  writeNew,
  typed: typedCommand(environment, ownCommand()),
  version: pkg.version,
  fetch,
  serve,
  connect: (config) => connectDetectors(config, { fetch, now: wallClock }),
  openTraces,
  openKeys,
}
if (list[0] !== 'serve') signals.onStop(() => stop.abort())
process.exit(await run(list, createCommands({ bench: createBench(ownCommand()) }), world))

async function serve(options: ServeOptions): Promise<number> {
  const { config } = options
  let level = config.log
  const lines = createLineWriter({
    write: createUnhurriedErrors(world.isErrorTerminal),
    toldOf: (count) => toLine('warn', 'log-lines-dropped', { count }),
    mostBytes: mostWaitingLogBytes,
  })
  // An end that nobody planned: of what was said last, the reason for it.
  process.on('exit', () => writeAtOnce(2, lines.rest()))
  const log = createLog(lines.write, () => level)
  // A bug of one exchange, which by itself would end the process and all the others with it.
  process.on('unhandledRejection', (reason) => log('error', 'bug', { cause: causeOf(reason) }))
  const path = join(config.data, storeFile)
  const sender = crypto.randomUUID()
  const hire = hireKeeper(workerFile, {
    path,
    settings: config.traces,
    ledger: ledgerOf(config),
    pushes: rulesOf(config.projects),
    sender,
  })
  const { droppedLines } = lines
  const outside = {
    hire,
    hireClerk: hireClerk(workerFile, path),
    hireChecker: hireChecker(workerFile),
    hireJudge: hireJudge(judgeFile),
    hireSender: hireSender(workerFile, path, targetsOf(config.projects)),
    version: pkg.version,
    log,
    droppedLines,
  }
  const setLevel = (next: Level) => (level = next)
  const code = await live(options, {
    outside,
    world,
    signals,
    notify: (state) => notify(state, environment),
    setLevel,
  })
  await lines.flush(mostLogFlushMs)
  return code
}

function openKeys(where: Whereabouts): KeySource {
  if (where.kind === 'instance') return openKeyInstance({ ...where, stop: stop.signal })
  return openKeyFiles(where.folder, { now: wallClock, log: createLog(stderr, () => 'warn') })
}

async function openTraces(where: Whereabouts) {
  if (where.kind === 'instance')
    return openInstance({ ...where, stop: stop.signal, warn: (message) => stderr(`weir: ${message}\n`) })
  return openFiles(where.folder, { now: wallClock, log: createLog(stderr, () => 'warn') })
}
