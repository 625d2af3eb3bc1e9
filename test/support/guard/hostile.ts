import { expect } from 'bun:test'
import { compile } from '../../../src/guard/policy.ts'

/** Policies of one thing over and over, up to so many characters: named, and with their text. */
export function hostilePolicies(most: number): [name: string, text: string][] {
  const rule = 'raise "x" if:\n  (m: Message)\n'
  const filled = (start: string, part: string): string =>
    start + part.repeat(Math.floor((most - start.length) / part.length))
  return [
    ['conditions that are none', filled(rule, '  1\n')],
    ['rules', filled('', 'raise "x" if:\n True\n')],
    ['mistakes', filled('', 'raise x if:\n y\n')],
    ['comprehensions', filled(rule, '  [x for x in m]\n')],
    ['patterns', filled(rule, '  m is tool:a("a{500}x")\n')],
    ['patterns that are none', filled(rule, '  m is tool:a("(")\n')],
    ['imports', filled('', 'import os\n')],
    ['brackets', filled('', '(')],
    ['quotes', filled('', '"')],
    ['backslashes', `"${filled('', '\\').slice(2)}"`],
    ['blank lines', filled('', '\n')],
    ['constants', Array.from({ length: most / 20 }, (_, at) => `c${at} := c${at + 1}\n`).join('')],
    [
      'predicates',
      Array.from({ length: most / 50 }, (_, at) => `p${at}() := p${at + 1}() and p${at + 1}()\n`).join(''),
    ],
  ]
}

/** Compiled or refused, with no more said of it than one would read. */
export function expectInTime(policy: string): void {
  const startedAt = performance.now()
  const made = compile(policy)
  expect(performance.now() - startedAt).toBeLessThan(3000)
  const problems = made.kind === 'problems' ? made.problems : made.policy.warnings
  expect(problems.length).toBeLessThanOrEqual(100)
}
