import { expect, test } from 'bun:test'
import { compile } from '../../../src/guard/policy.ts'

function warnings(text: string): string[] {
  const compiled = compile(text)
  return compiled.kind === 'policy' ? compiled.policy.warnings.map(({ message }) => message) : ['no policy']
}

test('a constant is a value: of it nothing is said that would be true of a condition', () => {
  const rule = 'raise "x" if:\n    (m: Message)\n    m.content in words\n'
  expect(warnings(`words := ["a"]\none := "a"\ntwo := 1 + 1\n${rule}`)).toEqual([])
  expect(warnings(`words :=\n    ["a"]\n${rule}`)).toEqual([])
})

test('what is within a constant is looked at all the same, and so are the conditions of predicates', () => {
  expect(warnings('word := f"a"\n')).toEqual([expect.stringContaining('f-string')])
  expect(warnings('is_a(m: Message) :=\n    "a"\n')).toEqual([
    expect.stringContaining('neither true nor false'),
  ])
  expect(warnings('both :=\n    1 == 1\n    "a"\n')).toEqual([
    expect.stringContaining('neither true nor false'),
  ])
  expect(warnings('word := nothing\n')).toEqual(['no policy'])
})
