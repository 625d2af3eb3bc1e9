import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ledgerOf, storeFile } from '../../src/cli/files.ts'
import { loadPolicies } from '../../src/cli/policies.ts'
import { start, type Running } from '../../src/cli/start.ts'
import { hireChecker, hireSender } from '../../src/cli/workers.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { wallClock } from '../../src/core/clock.ts'
import type { Fields, Log } from '../../src/core/log.ts'
import type { Book } from '../../src/judge/given.ts'
import type { FromWorker } from '../../src/merge/pool.ts'
import { rulesOf, targetsOf } from '../../src/push/schema.ts'
import { migrations } from '../../src/trace/migrations.ts'
import { createLists } from '../../src/trace/query.ts'
import { createReader, type Trace } from '../../src/trace/read.ts'
import { numberOf, openReader, type Store } from '../../src/trace/store.ts'
import type { TraceHead } from '../../src/trace/trace.ts'
import { troubleOf } from '../../src/trace/trouble.ts'
import { createFolder } from './traces.ts'
import { until } from './until.ts'

/** The gateway as it is started, over a folder that goes with the test: in this process, or as a child of it. */
export type Weir = {
  readonly url: string
  readonly folder: string
  readonly running: Running
  readonly config: Config
  /** What was logged: events with their fields. */
  readonly lines: readonly Line[]
  /** The thread that keeps, as it is now. */
  readonly keeper: () => Worker
  /** The thread that judges. */
  readonly judge: () => Worker
  readonly metric: (name: string) => Promise<number>
  readonly traces: () => Promise<readonly TraceHead[]>
  /** The trace of an answer, once it is stored. */
  readonly trace: (id: string | undefined) => Promise<Trace>
  /** The bytes that are kept of a request and its answer. */
  readonly bytes: (id: string) => Promise<{ readonly request: Buffer; readonly reply: Buffer }>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export type Line = { readonly level: string; readonly event: string; readonly fields: Fields }

export type Settings = { readonly [key: string]: unknown }

export type WeirOptions = {
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
}

export async function startWeir(settings: Settings = {}, options: WeirOptions = {}): Promise<Weir> {
  const folder = options.folder === undefined ? createFolder() : { path: options.folder }
  const lines: Line[] = []
  const log: Log = (level, event, fields = {}) => void lines.push({ level, event, fields })
  const config = configOf(settings, folder.path, options.environment)
  const path = join(folder.path, storeFile)
  const workers: Worker[] = []
  const judges: Worker[] = []
  const book = await bookOf(config)
  const open = (duty: object, gone: (why: string) => void) => {
    const worker = new Worker(new URL('../../src/worker.ts', import.meta.url).href)
    worker.onerror = ({ message }) => gone(message)
    worker.addEventListener('close', () => gone('it ended'))
    worker.postMessage(duty)
    return worker
  }
  const running = start(
    config,
    {
      hire: (hear, gone) => {
        const recovers = workers.length === 0
        const settings = {
          settings: config.traces,
          ledger: ledgerOf(config),
          pushes: rulesOf(config.projects),
        }
        const duty = { kind: 'keep', path, ...settings, sender: folder.path, recovers }
        const worker = open(duty, gone)
        workers.push(worker)
        worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data)
        return {
          post: (message, transfer) => worker.postMessage(message, transfer),
          end: () => void worker.terminate(),
        }
      },
      hireClerk: (hear, gone) => {
        const worker = open({ kind: 'read', path }, gone)
        worker.onmessage = ({ data }) => hear(data)
        return { ask: (question) => worker.postMessage(question), end: () => void worker.terminate() }
      },
      hireChecker: hireChecker(new URL('../../src/worker.ts', import.meta.url).href),
      hireJudge: (hear, gone) => {
        const worker = new Worker(new URL('../../src/judge-worker.ts', import.meta.url).href)
        worker.onerror = ({ message }) => gone(message)
        worker.addEventListener('close', () => gone('it ended'))
        worker.onmessage = ({ data }) => hear(data)
        judges.push(worker)
        return {
          post: (message, transfer) => worker.postMessage(message, transfer),
          end: () => void worker.terminate(),
        }
      },
      hireSender: hireSender(
        new URL('../../src/worker.ts', import.meta.url).href,
        path,
        targetsOf(config.projects),
      ),
      version: '0.0.0',
      log,
      droppedLines: () => 0,
    },
    book,
  )
  const { url } = running
  return {
    url,
    folder: folder.path,
    running,
    config,
    lines,
    keeper: () => lastOf(workers),
    judge: () => lastOf(judges),
    metric: async (name) => metricIn(await (await fetch(`${url}/metrics`)).text(), name),
    ...readersOf(folder.path),
    [Symbol.asyncDispose]: async () => {
      await running.stop()
      if (Symbol.dispose in folder) folder[Symbol.dispose]()
    },
  }
}

/** The policies that a configuration names. */
export async function bookOf(config: Config): Promise<Book> {
  const read = await loadPolicies(config, { readText: (path) => Bun.file(path).text() })
  if (read.kind === 'read') return read.book
  throw new Error(JSON.stringify(read.problems))
}

export function configOf(
  settings: Settings,
  data: string,
  environment: Readonly<Record<string, string>> = {},
): Config {
  const text = JSON.stringify({ listen: '127.0.0.1:0', data, ...settings })
  const loaded = loadConfig(text, join(data, 'weir.yaml'), environment)
  if (loaded.kind === 'loaded') return loaded.config
  throw new Error(JSON.stringify(loaded.problems))
}

/** Traces of a folder, read beside whoever writes them. */
export function readersOf(folder: string): Pick<Weir, 'traces' | 'trace' | 'bytes'> {
  const path = join(folder, storeFile)
  async function use<T>(read: (store: Store) => T): Promise<T> {
    await until('a store', () => existsSync(path) && isReady(path))
    const store = openReader(path)
    try {
      return read(store)
    } finally {
      store.close()
    }
  }
  return {
    traces: () => use(allOf),
    trace: (id = 'none') => until(`the trace ${id}`, () => use((store) => createReader(store).get(id))),
    bytes: (id) =>
      use((store) => {
        const { requestBody, raw } = createReader(store)
        return { request: requestBody(id) ?? nothing, reply: raw(id)?.bytes ?? nothing }
      }),
  }
}

function isReady(path: string): boolean {
  const store = openReader(path)
  try {
    return numberOf(store.database, 'user_version') === migrations.length
  } catch (error) {
    // While it becomes one with a write-ahead log SQLite says so at once, whatever time it was given.
    if (troubleOf(error).kind === 'locked') return false
    throw error
  } finally {
    store.close()
  }
}

function allOf(store: Store): TraceHead[] {
  const lists = createLists(store, { now: wallClock })
  const all: TraceHead[] = []
  let before: string | undefined
  do {
    const page = lists.list({ limit: 1000, before })
    all.push(...page.traces)
    before = page.next ?? undefined
  } while (before !== undefined)
  return all
}

const nothing = Buffer.alloc(0)

export function metricIn(text: string, name: string): number {
  const found = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

function lastOf(workers: readonly Worker[]): Worker {
  const worker = workers.at(-1)
  if (worker === undefined) throw new Error('No worker was hired')
  return worker
}
