import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './until.ts'
import { metricIn, readersOf, type Settings, type Weir } from './weir.ts'

/** `weir serve` in a process of its own, for what only a process can show: its end, its memory, its environment. */
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
  const url = await until('the child to listen', () => addressIn(greeting.text, output.text, child), 20_000)
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
