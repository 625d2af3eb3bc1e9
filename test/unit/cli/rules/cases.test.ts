import { expect, test } from 'bun:test'
import {
  readCases,
  type Case,
  type Expected,
  type ExpectedViolation,
} from '../../../../src/cli/rules/cases.ts'

const messages = [{ role: 'user', content: 'a' }]
const yaml = (text: string) => readCases('a.test.yaml', text)
const one = (told: object) => {
  const read = readCases('a.test.jsonl', JSON.stringify({ name: 'a', messages, expect: 'none', ...told }))
  return read.kind === 'cases' ? read.cases[0] : read.message
}

test('cases are a list, or have parameters before them, as YAML or as lines of JSON', () => {
  const plain: Case = {
    name: 'a',
    messages,
    parameters: {},
    from: null,
    expected: { kind: 'violations', violations: [] },
  }
  expect(yaml('- { name: a, messages: [{ role: user, content: a }], expect: none }')).toEqual({
    kind: 'cases',
    cases: [plain],
  })
  const told =
    'parameters: { b: 1, c: 1 }\ncases:\n  - { name: a, messages: [], expect: none, parameters: { c: 2 } }\n'
  expect(yaml(told)).toMatchObject({ cases: [{ parameters: { b: 1, c: 2 } }] })
  const lines = `${JSON.stringify({ name: 'a', messages, expect: 'none' })}\n\n`
  expect(readCases('a.test.jsonl', lines + lines)).toEqual({ kind: 'cases', cases: [plain, plain] })
})

test('nothing, a message, what is told of a violation, or several of these are expected; or an error', () => {
  const expected = (expect: unknown) => {
    const read = one({ expect })
    return typeof read === 'object' ? read.expected : read
  }
  const violations = (...list: ExpectedViolation[]): Expected => ({ kind: 'violations', violations: list })
  expect(expected('none')).toEqual(violations())
  expect(expected([])).toEqual(violations())
  expect(expected('a')).toEqual(violations({ message: 'a' }))
  expect(expected({ message: 'none' })).toEqual(violations({ message: 'none' }))
  expect(expected({})).toEqual(violations({}))
  expect(expected(['a', { ranges: ['messages.1'], marks: ['b'] }])).toEqual(
    violations({ message: 'a' }, { ranges: ['messages.1'], marks: ['b'] }),
  )
  expect(expected({ error: 'input.a' })).toEqual({ kind: 'error', text: 'input.a' })
})

test('a conversation may be a request with its answer, in any dialect', () => {
  const read = one({
    messages: undefined,
    dialect: 'anthropic',
    request: { system: 'be kind', messages: [{ role: 'user', content: 'a' }] },
    reply: { role: 'assistant', content: [{ type: 'text', text: 'b' }] },
  })
  expect(read).toMatchObject({
    messages: [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ],
  })
})

test('what is wrong is told with the case and the place', () => {
  expect(one({ messages: undefined })).toBe(
    'case 1 (a): it needs `messages`, or a `request` with its `dialect`',
  )
  expect(one({ request: {} })).toContain('only one of them')
  expect(one({ messages: undefined, request: {} })).toContain('needs its `dialect`: openai-chat')
  expect(one({ messages: undefined, request: 5, dialect: 'gemini' })).toContain('is no object')
  expect(one({ expects: 1 })).toContain('case 1 (a): expects: ')
  expect(one({ expect: { mesage: 'a' } })).toContain('expect')
  expect(one({ from: -1 })).toContain('from: ')
  expect(one({ name: 5 })).toStartWith('case 1: name: ')
  expect(readCases('a.test.jsonl', '{}\n{')).toEqual({ kind: 'wrong', message: 'line 2 is no JSON' })
  expect(yaml('a: [')).toMatchObject({ message: expect.stringContaining('it is no YAML: ') })
  for (const text of ['', 'a', '5', 'other: []', 'cases: {}'])
    expect(yaml(text)).toMatchObject({ kind: 'wrong' })
})
