import { createServer } from 'node:net'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { JobResult, Job } from './jobs.ts'
import type { Target } from './load.ts'
import type { Part } from './parts.ts'

/** Starts the processes of a benchmark, and ends them. */
export type Launcher = {
  /** What a part is started with, its JSON as the last argument. */
  readonly part: readonly string[]
  /** What Weir is started with, `serve` and its flags as the arguments. */
  readonly weir: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A folder of the benchmark's own; whoever made it removes it. */
  readonly folder: string
}

export type Running = {
  readonly pid: number
  readonly port: number
  /** Stands before the path of every request that it is to pass on. */
  readonly prefix: string
  readonly stop: () => Promise<void>
}

// Longer than any load takes: what hangs is ended and fails.
const mostLoadMs = 180_000
const mostStartMs = 15_000

export async function startPart(part: Part, launcher: Launcher): Promise<Running> {
  const child = spawnPart(part, launcher)
  const line = await firstLine(child.stdout)
  if (line === '') throw new Error(`The benchmark's ${part.kind} did not start`)
  const { port } = JSON.parse(line)
  return { pid: child.pid, port, prefix: '', stop: () => ended(child) }
}

export async function runLoad(job: Job, launcher: Launcher): Promise<JobResult> {
  const child = spawnPart({ kind: 'load', job }, launcher)
  const timer = setTimeout(() => child.kill('SIGKILL'), mostLoadMs)
  const line = await firstLine(child.stdout)
  clearTimeout(timer)
  await ended(child)
  if (line === '') throw new Error(`A load of ${job.kind} did not come to an end`)
  return JSON.parse(line)
}

/** A Weir with recording on and one provider, the upstream; data and log in a folder of the name. `more`: lines of its configuration. */
export async function startWeir(
  name: string,
  upstreamPort: number,
  launcher: Launcher,
  more = '',
): Promise<Running> {
  const folder = join(launcher.folder, name)
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'weir.yaml')
  const url = `http://127.0.0.1:${upstreamPort}/v1`
  await Bun.write(config, `providers: {up: {dialect: openai-chat, url: '${url}'}}\n${more}`)
  const port = await freePort()
  const flags = ['--listen', `127.0.0.1:${port}`, '--data', join(folder, 'data'), '--config', config]
  const log = Bun.file(join(folder, 'log'))
  const child = Bun.spawn([...launcher.weir, 'serve', ...flags], {
    env: environmentOf(launcher),
    stdio: ['ignore', 'ignore', log],
  })
  const running = { pid: child.pid, port, prefix: '/up', stop: () => ended(child) }
  if (await answers(`http://127.0.0.1:${port}/health`, () => child.exitCode === null)) return running
  await ended(child)
  throw new Error(`Weir did not start: ${(await log.text()).trim().slice(-300)}`)
}

/** True once there is an answer; false when it takes too long, or nobody is left who could. */
export async function answers(url: string, isAlive: () => boolean): Promise<boolean> {
  for (const until = performance.now() + mostStartMs; performance.now() < until && isAlive();) {
    if (await isAnswered(url)) return true
    await Bun.sleep(10)
  }
  return false
}

export function targetOf(running: Running, query = ''): Target {
  return { port: running.port, path: `${running.prefix}/v1/chat/completions${query}` }
}

/** A port that nobody listens on. Another may take it before it is used: the start fails then, and says so. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

type Child = Bun.Subprocess<'pipe', 'pipe', 'inherit'>

function spawnPart(part: Part, launcher: Launcher): Child {
  return Bun.spawn([...launcher.part, JSON.stringify(part)], {
    env: { ...environmentOf(launcher), BUN_CONFIG_MAX_HTTP_REQUESTS: '65535' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

/** Everything stays on this machine: a proxy that is configured here is for other traffic. */
export function environmentOf({ environment }: Launcher): Record<string, string | undefined> {
  return { ...environment, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
}

export async function ended(child: Bun.Subprocess): Promise<void> {
  child.kill('SIGKILL')
  await child.exited
}

async function firstLine(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stdout) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('\n')) break
  }
  return text.split('\n')[0] ?? ''
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch (error) {
    // Nobody listens yet: what Bun throws for that has a code, a mistake of ours has none.
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
