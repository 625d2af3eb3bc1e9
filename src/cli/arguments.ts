import { suggest } from '../config/suggest.ts'
import type { Command, Given } from './command.ts'

/** Arguments by a command's own flags: `--name value`, `--name=value`, `--switch`, and `--` before the rest. */
export type Parsed =
  { readonly kind: 'parsed'; readonly given: Given } | { readonly kind: 'wrong'; readonly message: string }

export function parseArguments(list: readonly string[], command: Command): Parsed {
  const values: Record<string, string> = {}
  const switches = new Set<string>()
  const rest: string[] = []
  for (let index = 0; index < list.length; index++) {
    const argument = list[index] ?? ''
    if (argument === '--') {
      rest.push(...list.slice(index + 1))
      break
    }
    if (!argument.startsWith('-') || argument === '-') {
      rest.push(argument)
      continue
    }
    const [, name = '', inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(argument) ?? []
    const flag =
      argument.startsWith('--') && Object.hasOwn(command.flags, name) ? command.flags[name] : undefined
    if (flag === undefined) return { kind: 'wrong', message: unknownFlag(argument, name, command) }
    if (name in values || switches.has(name)) return { kind: 'wrong', message: `--${name} is given twice` }
    if (flag.value === undefined) {
      if (inline !== undefined) return { kind: 'wrong', message: `--${name} takes no value` }
      switches.add(name)
      continue
    }
    const value = inline ?? list[++index]
    if (value === undefined || value === '')
      return { kind: 'wrong', message: `--${name} needs a value: ${flag.value}` }
    values[name] = value
  }
  return counted({ values, switches, rest }, command)
}

function counted(given: Given, { takes }: Command): Parsed {
  const isOpen = takes.at(-1)?.endsWith('...') === true
  const needed = isOpen ? takes.slice(0, -1) : takes
  const missing = needed[given.rest.length]
  if (missing !== undefined) return { kind: 'wrong', message: `${missing} is missing` }
  const extra = given.rest[needed.length]
  if (extra !== undefined && !isOpen) return { kind: 'wrong', message: `"${extra}" is one argument too many` }
  return { kind: 'parsed', given }
}

/** The value that may be glued to it is not repeated: it may be a token. */
function unknownFlag(argument: string, name: string, command: Command): string {
  const typed = argument.split('=')[0] ?? argument
  const near = suggest(name, Object.keys(command.flags))
  return `${typed} is unknown${near === null ? '' : `; did you mean --${near}?`}`
}
