import { realpathSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Environment } from '../config/server.ts'
import { Fault } from '../core/fault.ts'
import type { Lines } from './world.ts'

/** Small services of the system that commands get through their `World`. */

/** Null if there is no such file. */
export async function readText(path: string): Promise<string | null> {
  return (await readBytes(path))?.toString() ?? null
}

/** The same as bytes; `-` is the standard input. */
export async function readBytes(path: string): Promise<Buffer | null> {
  try {
    return path === '-' ? Buffer.from(await Bun.stdin.bytes()) : await readFile(path)
  } catch (error) {
    return orNone(error)
  }
}

const mostLineCharacters = 256 * 1024 * 1024

/** A file of any length, line by line; null if it is not there. */
export async function openLines(path: string): Promise<Lines | null> {
  const file = path === '-' ? null : Bun.file(path)
  if (file !== null && !(await file.exists())) return null
  let bytes = 0
  async function* lines(): AsyncGenerator<string> {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of (file ?? Bun.stdin).stream()) {
      bytes += chunk.byteLength
      // Only what is new is looked through: a trace with pictures is a line of megabytes.
      const [first = '', ...parts] = decoder.decode(chunk, { stream: true }).split('\n')
      const last = parts.pop()
      rest += first
      if (rest.length > mostLineCharacters)
        throw new Fault('body-too-large', `A line is longer than ${mostLineCharacters} characters`)
      if (last === undefined) continue
      yield rest
      yield* parts
      rest = last
    }
    rest += decoder.decode()
    if (rest !== '') yield rest
  }
  return { lines: lines(), bytes: file?.size ?? null, read: () => bytes }
}

/** A folder is searched with what is below it, but for what is hidden and what was installed. */
export async function findFiles(path: string, ending: string): Promise<readonly string[] | null> {
  const found = await stat(path).catch(orNone)
  if (found === null) return null
  if (!found.isDirectory()) return [path]
  const names = await Array.fromAsync(new Bun.Glob(`**/*${ending}`).scan({ cwd: path, onlyFiles: true }))
  const own = names.filter((name) => !name.split('/').includes('node_modules'))
  return own.sort().map((name) => join(path, name))
}

/** Whether it was written: folders on the way are made, and a file that is there stays as it is. */
export async function writeNew(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (isCoded(error, 'EEXIST')) return false
    throw error
  }
}

function orNone(error: unknown): null {
  if (isCoded(error, 'ENOENT')) return null
  throw error
}

function isCoded(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Type=notify of systemd: its own tool speaks to it, because Bun has no datagram sockets of that kind. */
export async function notify(state: string, environment: Environment): Promise<void> {
  if (environment['NOTIFY_SOCKET'] === undefined) return
  await Bun.spawn(['systemd-notify', state], { stdio: ['ignore', 'ignore', 'inherit'] }).exited
}

/** What this process was started with, to start more of its kind: from source there is a file to run. */
export function ownCommand(): string[] {
  return Bun.main.startsWith('/$bunfs/') ? [process.execPath] : [process.execPath, Bun.main]
}

/**
 * What the user types for `weir`: from a clone there is no such command, but a script of its package. Folders that npm, npx
 * and bun put on the path for as long as they run do not count, for the user's next line will not have them.
 */
export function typedCommand(environment: Environment, [executable = '', script]: readonly string[]): string {
  const folders = (environment['PATH'] ?? '').split(delimiter)
  const PATH = folders.filter((folder) => !/node_modules[/\\]\.bin|bun-node/.test(folder)).join(delimiter)
  if (script !== undefined)
    return Bun.which('bun', { PATH }) === null ? `npx -y bun@${Bun.version} run weir` : 'bun run weir'
  const found = Bun.which('weir', { PATH })
  return found !== null && realpathSync(found) === realpathSync(executable) ? 'weir' : executable
}

/** What the runtime reads from the environment at its start only. */
const readAtStart = {
  // `fetch` queues past 256 requests: 1,000 streams then wait 5 s for their first byte.
  BUN_CONFIG_MAX_HTTP_REQUESTS: '65535',
  // Freed memory is used again for 250 ms before the system has it back: new pages are nearly half of what a request of 2 MB
  // costs (docs/decisions/0008).
  MIMALLOC_PURGE_DELAY: '250',
}

/** The process becomes itself once more, under the same id, in the environment that it needs. */
export function becomePrepared(list: readonly string[], environment: Environment): void {
  const missing = Object.entries(readAtStart).filter(([name]) => environment[name] === undefined)
  if (list[0] !== 'serve' || missing.length === 0) return
  const prepared = { ...environment, ...Object.fromEntries(missing) }
  process.execve?.(process.execPath, [...ownCommand(), ...list], prepared)
}
