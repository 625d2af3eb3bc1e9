import { suggest } from '../config/suggest.ts'
import { causeOf } from '../core/log.ts'
import { parseArguments } from './arguments.ts'
import { fail, interrupted, misuse, type Command, type Group } from './command.ts'
import { commandHelp, groupHelp } from './help.ts'
import { createPaint, wantsColor } from './paint.ts'
import type { World } from './world.ts'

/** From arguments to the command they name, its help, or what was probably meant. Gives the exit code. */
export async function run(list: readonly string[], root: Group, world: World): Promise<number> {
  try {
    return await dispatch(list, root, world)
  } catch (error) {
    // `weir traces list | head` has seen enough: not a failure, and no one is left to tell.
    if (isBrokenPipe(error)) return 0
    // What a command was about was called off with it.
    if (world.stop.aborted) return interrupted
    return fail(world, causeOf(error))
  }
}

async function dispatch(list: readonly string[], root: Group, world: World): Promise<number> {
  const { path, entry, rest } = find(list[0] === 'help' ? list.slice(1) : list, root)
  const options = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : rest.length)
  const wantsHelp = list[0] === 'help' || options.includes('--help') || options.includes('-h')
  const first = rest[0]
  const own = entry.kind === 'group' && entry.own?.accepts.test(first ?? '') ? entry.own.command : null
  if (own !== null) return wantsHelp ? tell(path, own, world) : runWith(own, rest, { path, world })
  if (entry.kind === 'group' && first !== undefined && !first.startsWith('-'))
    return unknown(path, first, entry, world)
  if (wantsHelp) return tell(path, entry, world)
  if (entry.kind === 'group') {
    if (first === undefined) world.stderr(helpOf(path, entry, world.isErrorTerminal, world))
    else if (path.length === 0 && /^(-v|-V|--version)$/.test(first)) return dispatch(['version'], root, world)
    else world.stderr(`weir: ${first} is unknown before a command (${named(path)} --help tells more)\n`)
    return 2
  }
  return runWith(entry, rest, { path, world })
}

type Where = { readonly path: readonly string[]; readonly world: World }

async function runWith(command: Command, rest: readonly string[], { path, world }: Where): Promise<number> {
  const parsed = parseArguments(rest, command)
  if (parsed.kind === 'parsed') return command.run(parsed.given, world)
  return misuse(world, `${parsed.message} (${named(path)} --help tells more)`)
}

type Found = {
  readonly path: readonly string[]
  readonly entry: Command | Group
  readonly rest: readonly string[]
}

function find(list: readonly string[], root: Group): Found {
  let entry: Command | Group = root
  let depth = 0
  while (entry.kind === 'group') {
    const name = list[depth] ?? ''
    const next: Command | Group | undefined = Object.hasOwn(entry.commands, name)
      ? entry.commands[name]
      : undefined
    if (next === undefined) break
    entry = next
    depth++
  }
  return { path: list.slice(0, depth), entry, rest: list.slice(depth) }
}

function unknown(path: readonly string[], name: string, group: Group, world: World): number {
  const near = suggest(name, Object.keys(group.commands))
  const hint = near === null ? `${named(path)} --help tells all` : `did you mean ${named([...path, near])}?`
  return misuse(world, `"${name}" is no command; ${hint}`)
}

function tell(path: readonly string[], entry: Command | Group, world: World): number {
  world.stdout(helpOf(path, entry, world.isTerminal, world))
  return 0
}

function helpOf(path: readonly string[], entry: Command | Group, isTerminal: boolean, world: World): string {
  const paint = createPaint(wantsColor(isTerminal, world.environment))
  return entry.kind === 'group' ? groupHelp(path, entry, paint) : commandHelp(path, entry, paint)
}

function named(path: readonly string[]): string {
  return ['weir', ...path].join(' ')
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
