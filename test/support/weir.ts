import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { storeFile } from '../../src/cli/files.ts'
import { start, type Running } from '../../src/cli/start.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/schema.ts'
import { wallClock } from '../../src/core/clock.ts'
import type { Fields, Log } from '../../src/core/log.ts'
import type { FromWorker } from '../../src/merge/pool.ts'
import { createLists } from '../../src/trace/query.ts'
import { createReader, type Trace } from '../../src/trace/read.ts'
import { numberOf, openReader, type Store } from '../../src/trace/store.ts'
import type { TraceHead } from '../../src/trace/trace.ts'
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
  const open = (duty: object, gone: (why: string) => void) => {
    const worker = new Worker(new URL('../../src/worker.ts', import.meta.url).href)
    worker.onerror = ({ message }) => gone(message)
    worker.addEventListener('close', () => gone('it ended'))
    worker.postMessage(duty)
    return worker
  }
  const running = start(config, {
    hire: (hear, gone) => {
      const recovers = workers.length === 0
      const duty = { kind: 'keep', path, settings: config.traces, sender: folder.path, recovers }
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
      return { ask: (question) => worker.postMessage(question) }
    },
    version: '0.0.0',
    log,
  })
  const { url } = running
  return {
    url,
    folder: folder.path,
    running,
    config,
    lines,
    keeper: () => lastOf(workers),
    metric: async (name) => metricIn(await (await fetch(`${url}/metrics`)).text(), name),
    ...readersOf(folder.path),
    [Symbol.asyncDispose]: async () => {
      await running.stop()
      if (Symbol.dispose in folder) folder[Symbol.dispose]()
    },
  }
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
    return numberOf(store.database, 'user_version') > 0
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

export type Child = {
  readonly url: string
  readonly folder: string
  readonly file: string
  readonly process: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
  readonly log: () => string
  readonly configure: (settings: Settings) => void
  readonly metric: (name: string) => Promise<number>
  readonly rssBytes: () => Promise<number>
} & Pick<Weir, 'traces' | 'trace' | 'bytes'>

export type ChildOptions = {
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
  /** Put before the command: a limit of the shell, another user. */
  readonly before?: readonly string[]
}

/** `weir serve` in a process of its own, ready to be asked. Whoever starts it ends it. */
export async function startChild(settings: Settings, options: ChildOptions): Promise<Child> {
  const { folder, environment = {}, before = [] } = options
  const file = join(folder, 'weir.yaml')
  const configure = (next: Settings) =>
    writeFileSync(file, JSON.stringify({ listen: '127.0.0.1:0', data: join(folder, 'data'), ...next }))
  configure(settings)
  const main = join(import.meta.dir, '../../src/main.ts')
  const { HTTPS_PROXY: _, HTTP_PROXY: __, NO_PROXY: ___, ...inherited } = process.env
  const child = Bun.spawn([...before, process.execPath, main, 'serve', '--config', file], {
    env: { ...inherited, BUN_CONFIG_MAX_HTTP_REQUESTS: undefined, ...environment },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, greeting] = [{ text: '' }, { text: '' }]
  void gather(child.stderr, output)
  void gather(child.stdout, greeting)
  const url = await until('the child to listen', () => addressIn(greeting.text, output.text, child), 10_000)
  return {
    url,
    folder,
    file,
    process: child,
    log: () => output.text,
    configure,
    metric: async (name) => metricIn(await (await fetch(`${url}/metrics`)).text(), name),
    rssBytes: async () => {
      const status = await Bun.file(`/proc/${child.pid}/status`).text()
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024
    },
    ...readersOf(join(folder, 'data')),
  }
}

async function gather(stream: ReadableStream<Uint8Array>, output: { text: string }): Promise<void> {
  const decoder = new TextDecoder()
  for await (const bytes of stream) output.text += decoder.decode(bytes, { stream: true })
}

function addressIn(greeting: string, log: string, { exitCode }: Bun.Subprocess): string | undefined {
  if (exitCode !== null) throw new Error(`The child ended with ${exitCode}: ${log}`)
  return /https?:\/\/127\.0\.0\.1:\d+/.exec(greeting)?.[0]
}
