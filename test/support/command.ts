import { join } from 'node:path'
import { execute, type Ran } from './executable.ts'

/** `weir` from its sources, as a user runs it: to its end, or until the test has seen enough. */
const main = join(import.meta.dir, '../../src/main.ts')

export type Surroundings = {
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
}

export type Watched = {
  readonly out: () => string
  readonly err: () => string
  readonly signal: (name: NodeJS.Signals) => void
  readonly exited: Promise<number>
}

export function weir(list: readonly string[], surroundings: Surroundings): Promise<Ran> {
  const { cwd, env } = settingsOf(surroundings)
  return execute([process.execPath, main, ...list], { cwd, env, timeoutMs: 20_000 })
}

export function watchWeir(list: readonly string[], surroundings: Surroundings): Watched {
  const child = Bun.spawn([process.execPath, main, ...list], {
    ...settingsOf(surroundings),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 30_000,
  })
  const [out, err] = [gather(child.stdout), gather(child.stderr)]
  return { out, err, signal: (name) => child.kill(name), exited: child.exited }
}

/** Nothing of the tester's own settings: an empty home, and no configuration but the one in the folder. */
function settingsOf({ folder, environment = {} }: Surroundings) {
  return { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...environment } }
}

function gather(stream: ReadableStream<Uint8Array>): () => string {
  const decoder = new TextDecoder()
  let text = ''
  const read = async (): Promise<void> => {
    for await (const bytes of stream) text += decoder.decode(bytes, { stream: true })
  }
  void read()
  return () => text
}
