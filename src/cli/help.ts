import type { Command, Commands, Group } from './command.ts'
import type { Paint } from './paint.ts'

/** Help, made from the commands' own data: nothing here knows a command. */
export function groupHelp(path: readonly string[], group: Group, paint: Paint): string {
  const name = ['weir', ...path].join(' ')
  const names = [...ownLeaf(group, []), ...leaves(group.commands, [])]
  const width = Math.max(...names.map(([line]) => line.length))
  const lines = names.map(([line, command]) => `  ${paint('cyan', line.padEnd(width))}  ${command.summary}`)
  return (
    `${group.summary}\n\n${title('Usage', paint)} ${name} COMMAND [options]\n\n` +
    `${lines.join('\n')}\n\n${paint('dim', `${name} COMMAND --help tells more, with examples.`)}\n`
  )
}

export function commandHelp(path: readonly string[], command: Command, paint: Paint): string {
  const flags = Object.entries({ ...command.flags, help: { help: 'Print this' } })
  const names = flags.map(([name, flag]) => `--${name}${'value' in flag ? ` ${flag.value}` : ''}`)
  const width = Math.max(...names.map((name) => name.length))
  const options = flags.map(([, flag], index) => {
    return `  ${paint('cyan', (names[index] ?? '').padEnd(width))}  ${flag.help}`
  })
  const usage = ['weir', ...path, ...command.takes, '[options]'].join(' ')
  const examples = command.examples.map((example) => `  ${example}`)
  return (
    `${command.summary}\n\n${title('Usage', paint)} ${usage}\n\n` +
    `${title('Options', paint)}\n${options.join('\n')}\n\n` +
    `${title('Examples', paint)}\n${examples.join('\n')}\n`
  )
}

function title(text: string, paint: Paint): string {
  return paint('bold', `${text}:`)
}

/** Every command below, a group's under its own name: `traces list`. */
function leaves(commands: Commands, path: readonly string[]): [string, Command][] {
  return Object.entries(commands).flatMap(([name, entry]): [string, Command][] => {
    const own = [...path, name]
    if (entry.kind === 'command') return [[own.join(' '), entry]]
    return [...ownLeaf(entry, own), ...leaves(entry.commands, own)]
  })
}

function ownLeaf({ own }: Group, path: readonly string[]): [string, Command][] {
  return own === undefined ? [] : [[[...path, ...own.command.takes].join(' '), own.command]]
}
