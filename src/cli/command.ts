import type { World } from './world.ts'

/** What a command is: data for its help and its arguments, and one function. */
export type Flag = {
  readonly help: string
  /** What stands for its value in the help, `FILE`; a flag without one is a switch. */
  readonly value?: string
}
export type Flags = Readonly<Record<string, Flag>>

export type Command = {
  readonly kind: 'command'
  readonly summary: string
  readonly flags: Flags
  /** Arguments that are no flags, all of them required; `FILE...` may be several or none. */
  readonly takes: readonly string[]
  readonly examples: readonly string[]
  readonly run: (given: Given, world: World) => Promise<number>
}

export type Group = {
  readonly kind: 'group'
  readonly summary: string
  readonly commands: Commands
  /** What the group's name alone does with an argument of this form. */
  readonly own?: { readonly accepts: RegExp; readonly command: Command }
}
export type Commands = Readonly<Record<string, Command | Group>>

export type Given = {
  readonly values: Readonly<Record<string, string>>
  readonly switches: ReadonlySet<string>
  readonly rest: readonly string[]
}

/** Exit codes: it did not work, it was not asked for properly, and the user had enough, as shells tell of Ctrl-C. */
export const failed = 1
export const interrupted = 130
const misused = 2

export function fail(world: World, message: string): number {
  world.stderr(`weir: ${message}\n`)
  return failed
}

export function misuse(world: World, message: string): number {
  world.stderr(`weir: ${message}\n`)
  return misused
}
