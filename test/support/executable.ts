import { cp, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { until } from './until.ts'

/** Weir as its users get it: one file without its sources, started in an empty home, on a free port. */
export type Instance = {
  readonly url: string
  readonly pid: number
  /** Its configuration, data and home are in here. */
  readonly folder: string
  /** What it has logged, line by line. */
  readonly logged: () => readonly LogLine[]
  /** Another `weir` beside it, with the same data. */
  readonly run: (...list: readonly string[]) => Promise<Ran>
  readonly traces: () => Promise<readonly Kept[]>
  /** Its traces, newest first, once there are so many of them. */
  readonly kept: (count: number) => Promise<readonly Kept[]>
  /** Its only trace, once it is there. */
  readonly onlyTrace: () => Promise<Kept>
  readonly signal: (name: NodeJS.Signals) => void
  readonly exited: Promise<number>
  /** Ends it in order, and removes its folder. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export type LogLine = { readonly event: string; readonly [key: string]: unknown }
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string }
/** A whole trace, as `weir traces export` writes it. */
export type Kept = {
  readonly id: string
  readonly outcome: string
  readonly status: number | null
  readonly model: string | null
  readonly path: string
  readonly reply: unknown
  readonly [key: string]: unknown
}

export const root = resolve(import.meta.dir, '../..')

let built: Promise<string> | undefined

/** Built once for all tests, from a copy of the sources that is gone before it first runs. */
export function executable(): Promise<string> {
  built ??= build()
  return built
}

async function build(): Promise<string> {
  const folder = join(root, 'node_modules/.cache/weir-test')
  await mkdir(folder, { recursive: true })
  const copy = await mkdtemp(join(tmpdir(), 'weir-build-'))
  for (const name of ['src', 'scripts', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(copy, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  const fresh = join(folder, `weir-${process.pid}`)
  const { code, stderr } = await execute([process.execPath, join(copy, 'scripts/build.ts'), fresh], {})
  await rm(copy, { recursive: true })
  if (code !== 0) throw new Error(`The build failed: ${stderr}`)
  await rename(fresh, join(folder, 'weir'))
  return join(folder, 'weir')
}

export type StartOptions = {
  /** The text of a configuration file. */
  readonly config?: string
  readonly environment?: Readonly<Record<string, string>>
}

export async function startWeir({ config, environment = {} }: StartOptions = {}): Promise<Instance> {
  const weir = await executable()
  const folder = await mkdtemp(join(tmpdir(), 'weir-test-'))
  const data = join(folder, 'data')
  if (config !== undefined) await Bun.write(join(folder, 'weir.yaml'), config)
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...environment }
  const child = Bun.spawn([weir, 'serve', '--listen', '127.0.0.1:0', '--data', data], {
    cwd: folder,
    env,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const log = readLog(child.stderr)
  const url = await Promise.race([log.listening, child.exited.then(() => null)])
  if (url === null) throw new Error(`Weir did not start: ${log.text()}`)
  const run = (...list: readonly string[]) => execute([weir, ...list, '--data', data], { cwd: folder, env })
  const traces = async () => parseLines((await run('traces', 'export')).stdout).map((trace) => trace as Kept)
  const kept = (count: number) =>
    until(`${count} traces are kept`, async () => {
      const all = await traces()
      return all.length >= count && all
    })
  const onlyTrace = async () => {
    const [trace, second] = await kept(1)
    if (trace === undefined || second !== undefined) throw new Error('There are several traces')
    return trace
  }
  return {
    url,
    pid: child.pid,
    folder,
    logged: log.lines,
    run,
    traces,
    kept,
    onlyTrace,
    signal: (name) => child.kill(name),
    exited: child.exited,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await child.exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function readLog(stream: ReadableStream<Uint8Array>) {
  let text = ''
  const listening = Promise.withResolvers<string>()
  const lines = () => parseLines(text.slice(0, text.lastIndexOf('\n') + 1)).filter(isLogLine)
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const piece of stream) {
      text += decoder.decode(piece, { stream: true })
      const line = lines().find(({ event }) => event === 'listening')
      if (typeof line?.['url'] === 'string') listening.resolve(line['url'])
    }
  }
  void read()
  return { listening: listening.promise, lines, text: () => text }
}

function parseLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): unknown => JSON.parse(line))
}

function isLogLine(value: unknown): value is LogLine {
  return typeof value === 'object' && value !== null && 'event' in value && typeof value.event === 'string'
}

export type ExecuteOptions = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** Runs a command to its end. */
export async function execute(command: readonly string[], options: ExecuteOptions): Promise<Ran> {
  const { timeoutMs = 60_000, ...rest } = options
  const child = Bun.spawn([...command], {
    ...rest,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr, code] = await Promise.all([
    readText(child.stdout),
    readText(child.stderr),
    child.exited,
  ])
  return { code, stdout, stderr }
}

function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text()
}
