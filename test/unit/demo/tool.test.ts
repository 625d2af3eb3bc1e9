import { expect, test } from 'bun:test'
import { harmlessCommand } from '../../../src/demo/arguments.ts'
import { createRandom } from '../../../src/demo/random.ts'
import { callFor } from '../../../src/demo/tool.ts'
import type { Choice, Prompt, Tool } from '../../../src/demo/prompt.ts'

const command = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] }
const named = (name: string, kind: Tool['kind'] = 'function'): Tool => ({ kind, name, schema: command })

function callOf(text: string, tools: readonly Tool[], choice: Choice = { kind: 'auto' }, result?: string) {
  const prompt: Prompt = {
    model: 'fast',
    stream: false,
    messages: [
      { role: 'user', parts: [text] },
      ...(result === undefined ? [] : [{ role: 'tool' as const, parts: [result] }]),
    ],
    tools,
    choice,
    maxTokens: null,
    stop: [],
    choices: 1,
    seed: null,
    thinking: false,
    schema: null,
  }
  return callFor(prompt, createRandom(1))
}

test('a plain question calls nothing, one that asks for a tool does', () => {
  expect(callOf('hello', [named('forecast')])).toBeNull()
  for (const text of ['use a tool', 'Call it', 'run it', 'the weather?', 'get me the forecast']) {
    expect(callOf(text, [named('forecast')])?.name).toBe('forecast')
  }
})

test('a tool is called once in a conversation', () => {
  expect(callOf('use a tool', [named('forecast')], { kind: 'required' }, 'sunny')).toBeNull()
})

test('tool_choice is obeyed: none, required, and one by name', () => {
  expect(callOf('use a tool', [named('a')], { kind: 'none' })).toBeNull()
  expect(callOf('hello', [named('a'), named('b')], { kind: 'required' })?.name).toBe('a')
  expect(callOf('hello', [named('a'), named('b')], { kind: 'named', name: 'b' })?.name).toBe('b')
  expect(callOf('hello', [named('a')], { kind: 'named', name: 'z' })).toBeNull()
})

test('the tool that is spoken of is preferred to the first', () => {
  const tools = [named('list_directory'), named('run_shell_command'), named('weather')]
  expect(callOf('run a shell command, please', tools)?.name).toBe('run_shell_command')
  expect(callOf('what is the weather', tools)?.name).toBe('weather')
})

test('tools that change things are never called unless tool_choice names them', () => {
  const names = [
    'apply_patch',
    'write_file',
    'Edit',
    'delete_file',
    'TodoWrite',
    'str_replace_editor',
    'write_stdin',
  ]
  for (const name of names) {
    expect(callOf(`call ${name}, the tool`, [named(name)])).toBeNull()
    expect(callOf(`call ${name}, the tool`, [named(name)], { kind: 'required' })).toBeNull()
    expect(callOf('hello', [named(name)], { kind: 'named', name })?.name).toBe(name)
  }
})

test('a command is always the harmless one, in JSON and in free text', () => {
  for (const name of ['shell', 'exec_command', 'run_shell_command', 'Bash', 'local_shell']) {
    expect(callOf('run it', [named(name)])?.value).toEqual({ command: harmlessCommand })
    expect(callOf('run it', [named(name, 'custom')])?.value).toBe(harmlessCommand)
  }
})
