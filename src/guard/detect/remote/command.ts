import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { concatenate } from '../../../wire/body.ts'
import { codeOf, fail } from './failure.ts'

/**
 * A program that reads a file or its standard input: started without a shell, with next to no environment, in a folder
 * of its own that is removed afterwards, and ended with all that it started.
 */
export type Command = {
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly maxResponseBytes: number
}

export type Input = {
  readonly bytes: Uint8Array
  /** What the file is called, for programs that go by its end. */
  readonly file: string
  /** `{name}` in an argument is this. */
  readonly values: Readonly<Record<string, string>>
}

export type Output = { readonly code: number; readonly bytes: Uint8Array }

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin'

export async function run(settings: Command, input: Input, signal: AbortSignal): Promise<Output> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-detector-'))
  try {
    signal.throwIfAborted()
    const file = join(folder, `input${extname(input.file)}`)
    const values = { ...input.values, file }
    const isFile = settings.command.some((argument) => argument.includes('{file}'))
    if (isFile) await writeFile(file, input.bytes, { mode: 0o600 })
    const command = settings.command.map((argument) => filled(argument, values))
    return await execute({ ...settings, command }, folder, isFile ? null : input.bytes, signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function filled(argument: string, values: Readonly<Record<string, string>>): string {
  return argument.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  )
}

async function execute(
  { command, env, maxResponseBytes }: Command,
  folder: string,
  input: Uint8Array | null,
  signal: AbortSignal,
): Promise<Output> {
  const child = start([...command], {
    cwd: folder,
    env: { PATH: path, LANG: 'C.UTF-8', HOME: folder, TMPDIR: folder, ...env },
    stdin: input ?? 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    // A group of its own, so that what it starts ends with it.
    detached: true,
  })
  const end = (): void => killGroup(child.pid)
  signal.addEventListener('abort', end)
  // What it left behind would hold the pipe open.
  void child.exited.then(end)
  try {
    const bytes = await readBounded(child.stdout, maxResponseBytes, signal)
    if (bytes === null) return fail('text', `it printed more than ${maxResponseBytes} bytes`)
    const code = await child.exited
    signal.throwIfAborted()
    if (child.signalCode !== null) return fail('service', `it was ended by ${child.signalCode}`)
    return { code, bytes }
  } finally {
    signal.removeEventListener('abort', end)
    if (child.exitCode === null && child.signalCode === null) end()
  }
}

type Options = Bun.SpawnOptions.SpawnOptions<Uint8Array | 'ignore', 'pipe', 'ignore'>

function start(command: string[], options: Options): Bun.Subprocess<Uint8Array | 'ignore', 'pipe', 'ignore'> {
  try {
    return Bun.spawn(command, options)
  } catch (error) {
    return fail('service', `its command could not be started (${codeOf(error) ?? 'no code'})`)
  }
}

function killGroup(id: number): void {
  try {
    process.kill(-id, 'SIGKILL')
  } catch (error) {
    // Nobody of the group is left.
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

/** Null past the bound. Who left the group may hold the pipe open: then it is let go of, not waited for. */
async function readBounded(
  stream: ReadableStream<Uint8Array>,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = []
  const reader = stream.getReader()
  const leave = (): void => void reader.cancel()
  signal.addEventListener('abort', leave)
  try {
    for (let size = 0; ;) {
      const { done, value } = await reader.read()
      if (done) return concatenate(parts)
      size += value.byteLength
      if (size > mostBytes) return null
      parts.push(value)
    }
  } finally {
    signal.removeEventListener('abort', leave)
    await reader.cancel()
  }
}
