import { expect, test } from 'bun:test'
import { parseArguments } from '../../../src/cli/arguments.ts'
import type { Command } from '../../../src/cli/command.ts'

function command(takes: readonly string[] = []): Command {
  return {
    kind: 'command',
    summary: '',
    flags: { config: { value: 'FILE', help: '' }, insecure: { help: '' } },
    takes,
    examples: [],
    run: async () => 0,
  }
}

function parse(list: readonly string[], takes: readonly string[] = []) {
  const parsed = parseArguments(list, command(takes))
  if (parsed.kind === 'wrong') return parsed.message
  const { values, switches, rest } = parsed.given
  return { values, switches: [...switches], rest }
}

test('values stand behind their flag or an equals sign', () => {
  const wanted = { values: { config: 'a=b' }, switches: [], rest: [] }
  expect(parse(['--config', 'a=b'])).toEqual(wanted)
  expect(parse(['--config=a=b'])).toEqual(wanted)
  expect(parse(['--config', '--insecure'])).toEqual({
    values: { config: '--insecure' },
    switches: [],
    rest: [],
  })
})

test('flags and arguments may stand in any order, and after -- all are arguments', () => {
  expect(parse(['x', '--insecure', 'y'], ['A', 'B'])).toEqual({
    values: {},
    switches: ['insecure'],
    rest: ['x', 'y'],
  })
  expect(parse(['--', '--insecure', '-'], ['A', 'B'])).toEqual({
    values: {},
    switches: [],
    rest: ['--insecure', '-'],
  })
  expect(parse(['-'], ['A'])).toEqual({ values: {}, switches: [], rest: ['-'] })
})

test('what is wrong is told, with what was probably meant', () => {
  expect(parse(['--confg', 'x'])).toBe('--confg is unknown; did you mean --config?')
  expect(parse(['-config'])).toBe('-config is unknown; did you mean --config?')
  expect(parse(['--constructor'])).toBe('--constructor is unknown')
  expect(parse(['--tokn=secret'])).toBe('--tokn is unknown')
  expect(parse(['--config'])).toBe('--config needs a value: FILE')
  expect(parse(['--config='])).toBe('--config needs a value: FILE')
  expect(parse(['--insecure=yes'])).toBe('--insecure takes no value')
  expect(parse(['--insecure', '--insecure'])).toBe('--insecure is given twice')
  expect(parse(['--config', 'a', '--config', 'b'])).toBe('--config is given twice')
})

test('arguments are counted', () => {
  expect(parse([], ['ID'])).toBe('ID is missing')
  expect(parse(['a', 'b'], ['ID'])).toBe('"b" is one argument too many')
  expect(parse([], ['FILE...'])).toMatchObject({ rest: [] })
  expect(parse(['a', 'b'], ['FILE...'])).toMatchObject({ rest: ['a', 'b'] })
  expect(parse([], ['ID', 'FILE...'])).toBe('ID is missing')
})
