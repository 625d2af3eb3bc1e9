import { expect, test } from 'bun:test'
import { createCommands } from '../../../src/cli/commands.ts'
import type { Command, Commands } from '../../../src/cli/command.ts'
import { play } from './world.ts'

function allCommands(commands: Commands, path: readonly string[] = []): [string[], Command][] {
  return Object.entries(commands).flatMap(([name, entry]): [string[], Command][] => {
    return entry.kind === 'command'
      ? [[[...path, name], entry]]
      : allCommands(entry.commands, [...path, name])
  })
}

const known = allCommands(createCommands({}).commands)

test('each command tells its help in three ways, with an example of itself', async () => {
  for (const [path] of known) {
    const help = await play([...path, '--help'])
    expect(help).toMatchObject({ code: 0, err: '' })
    expect(help.out).toContain(`Usage: weir ${path.join(' ')}`)
    expect(help.out.split('Examples:')[1]).toContain(`weir ${path.join(' ')}`)
    expect(await play(['help', ...path])).toEqual(help)
    expect(await play([...path, '-h'])).toEqual(help)
    for (const line of help.out.split('\n')) expect(line.length).toBeLessThan(120)
  }
})

test('the help of all names each command', async () => {
  const help = await play(['--help'])
  expect(help.code).toBe(0)
  for (const [path] of known) expect(help.out).toContain(`  ${path.join(' ')} `)
  expect(await play(['help'])).toEqual(help)
  expect((await play(['traces', '--help'])).out).toContain('  list ')
})

test('no command at all is told the help, as an error', async () => {
  const all = await play([])
  expect(all).toMatchObject({ code: 2, out: '' })
  expect(all.err).toContain('Usage: weir COMMAND')
  expect((await play(['traces'])).err).toContain('Usage: weir traces COMMAND')
})

test('an unknown command or flag ends with 2 and what was probably meant', async () => {
  expect(await play(['serv'])).toMatchObject({
    code: 2,
    err: 'weir: "serv" is no command; did you mean weir serve?\n',
  })
  expect(await play(['traces', 'lst'])).toMatchObject({
    code: 2,
    err: 'weir: "lst" is no command; did you mean weir traces list?\n',
  })
  expect(await play(['xyzzy', '--help'])).toMatchObject({
    code: 2,
    err: 'weir: "xyzzy" is no command; weir --help tells all\n',
  })
  expect(await play(['help', 'serv'])).toMatchObject({ code: 2 })
  expect(await play(['serve', '--lisen', ':1'])).toMatchObject({
    code: 2,
    err: 'weir: --lisen is unknown; did you mean --listen? (weir serve --help tells more)\n',
  })
  expect(await play(['--config', 'x'])).toMatchObject({
    code: 2,
    err: 'weir: --config is unknown before a command (weir --help tells more)\n',
  })
})

test('the version is told by command and by flag', async () => {
  for (const list of [['version'], ['--version'], ['-v']]) {
    expect(await play(list)).toMatchObject({ code: 0, out: 'weir 1.2.3\n' })
  }
})

test('a reader that has gone ends the command quietly; any other failure is told', async () => {
  const broken = (code: string) => () => {
    throw Object.assign(new Error(`write failed`), { code })
  }
  expect(await play(['version'], { stdout: broken('EPIPE') })).toMatchObject({ code: 0, err: '' })
  expect(await play(['version'], { stdout: broken('ENOSPC') })).toMatchObject({
    code: 1,
    err: 'weir: write failed\n',
  })
})

test('colours are for terminals only, and not with NO_COLOR', async () => {
  const escape = '\x1b['
  expect((await play(['--help'], { isTerminal: true })).out).toContain(escape)
  expect((await play(['--help'])).out).not.toContain(escape)
  for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    expect((await play(['--help'], { isTerminal: true, environment })).out).not.toContain(escape)
  }
})
