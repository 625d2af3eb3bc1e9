import { expect, test } from 'bun:test'
import { judge, type Judgement, type Result } from '../../../src/guard/judge.ts'
import { defaultLimits, type Limits } from '../../../src/guard/limits.ts'
import { compile } from '../../../src/guard/policy.ts'
import { readTrace } from '../../../src/guard/trace/read.ts'
import { expectInTime, hostilePolicies } from '../../support/guard/hostile.ts'

/** What policies could do to the worker that judges them, and what ends them. */
const messages = [
  { role: 'user', content: 'a '.repeat(2000) },
  { role: 'assistant', content: '{"a": [1, 2, 3]}' },
]

function judged(policy: string, limits: Partial<Limits> = {}, given: readonly unknown[] = messages): Result {
  const made = compile(policy)
  if (made.kind === 'problems') throw new Error(made.problems[0]?.message)
  const read = readTrace(given)
  if (read.kind === 'refused') throw new Error(read.message)
  const judgement: Judgement = { limits: { ...defaultLimits, ...limits } }
  const result = judge(made.policy, read.trace, judgement)
  if (result instanceof Promise) throw new Error('nothing was to be waited for')
  return result
}

function failures(result: Result): string[] {
  return result.errors.map(({ kind, message }) => `${kind}: ${message}`)
}

function chain(first: string, next: string, last: string): string {
  const lines = Array.from({ length: 60 }, (_, at) => `  b${at + 1} := ${next.replaceAll('B', `b${at}`)}\n`)
  const used = last.replaceAll('B', 'b60')
  return `raise "x" if:\n  (m: Message)\n  b0 := ${first}\n${lines.join('')}  ${used}\n`
}

test.each([
  ['[B, B]', 'B == B'],
  ['{a: B, b: B}', 'len(B) == 2'],
  ['tuple([B, B])', 'any(B)'],
  ['PolicyViolation(B, B)', 'B == 1'],
  ['[B for e in "ab"]', '"{0}".format(B) == ""'],
  ['B + B', 'len(B) == 0'],
  ['B * 2', 'B == []'],
])('what doubles with each line (%s) is too large before it is too large to hold', (next, last) => {
  expect(failures(judged(chain('["a"]', next, last)))).toEqual([
    'limit: a value of this policy is larger than 4000000',
  ])
})

test('strings that double are too large as well', () => {
  const expected = ['limit: a value of this policy is larger than 4000000']
  expect(failures(judged(chain('"a"', '"{0}{0}".format(B)', 'B == ""')))).toEqual(expected)
  expect(failures(judged(chain('"a"', '"%s%s" % tuple([B, B])', 'B == ""')))).toEqual(expected)
  expect(failures(judged(chain('"a"', 'B + B', 'B == ""')))).toEqual(expected)
})

test('what is made is bounded together, and what a binding before has made no longer counts', () => {
  const copies = 'raise "x" if:\n  (m: Message)\n  len([(m.content + "b").lower() for t in [1, 2, 3]]) == 0\n'
  const small = { memory: 20_000 }
  expect(failures(judged(copies, small))).toEqual([
    'limit: the values of this policy are larger than 20000 together',
  ])
  const many = Array.from({ length: 50 }, () => ({ role: 'user', content: 'a'.repeat(1000) }))
  expect(failures(judged(copies, small, many))).toEqual([])
})

test.each([
  '[[t] for t in m.content]',
  '[{a: t} for t in m.content]',
  '[PolicyViolation(t) for t in m.content]',
  '[json_loads("[1, 2]") for t in m.content]',
  'find("a|b", m.content)',
  '[t in m.content for t in m.content]',
])('small things count by what they take: %s', (made) => {
  const policy = `raise "x" if:\n  (m: Message)\n  len(${made}) == 0\n`
  expect(failures(judged(policy, { memory: 30_000 }))).toEqual([
    'limit: the values of this policy are larger than 30000 together',
  ])
})

test('constants and violations are held, and count to the end', () => {
  const constant = 'c := "a" * 15000\nraise "x" if:\n  (m: Message)\n  len(c + m.content) == 0\n'
  expect(failures(judged(constant, { memory: 40_000 }))).toHaveLength(0)
  expect(failures(judged(constant, { memory: 30_000 }))).toHaveLength(1)
  const raised = 'raise PolicyViolation(m.content) if:\n  (m: Message)\n'
  const many = Array.from({ length: 50 }, () => ({ role: 'user', content: 'a'.repeat(1000) }))
  expect(failures(judged(raised, { memory: 200_000 }, many))).toEqual([])
  expect(failures(judged(raised, { memory: 100_000 }, many))).toHaveLength(1)
})

test('violations are counted over all rules', () => {
  const rules = 'raise "x" if:\n  (m: Message)\n'.repeat(4)
  const { violations, warnings } = judged(rules, { violations: 5 })
  expect(violations.map(({ rule }) => rule)).toEqual([0, 0, 1, 1, 2])
  expect(warnings).toEqual([
    { rule: 2, message: 'more than 5 violations: the others are not told' },
    { rule: 3, message: 'more than 5 violations: the others are not told' },
  ])
})

test('predicates that call each other twice are counted, whatever they bind', () => {
  const predicates = Array.from({ length: 40 }, (_, at) => `p${at}() := p${at + 1}() and p${at + 1}()\n`)
  const policy = `${predicates.join('')}p40() := True\nraise "x" if:\n  p0()\n`
  expect(failures(judged(policy, { evaluations: 10_000, depth: 100 }))).toEqual([
    'limit: the policy needs more than 10000 evaluations',
  ])
})

test('a constant that is None is computed once', () => {
  const constants = Array.from(
    { length: 40 },
    (_, at) => `c${at} := None if c${at + 1} == c${at + 1} else 1\n`,
  )
  const policy = `${constants.join('')}c40 := None\nraise "x" if:\n  c0 is None\n`
  expect(judged(policy).violations).toHaveLength(1)
})

test.each([
  'len([[t for t in m.content] for s in m.content]) == 0',
  'any([any([s == t for t in m.content]) for s in m.content])',
  'any([any([len(m.content.upper()) == 0 for t in m.content]) for s in m.content])',
  'any([any(find("[ab]*c[ab]*[cd]", m.content + "c")) for t in m.content])',
  'any([m.content in [m.content + t] for t in m.content])',
])('the clock ends what goes through the same again and again: %s', (condition) => {
  const policy = `raise "x" if:\n  (m: Message)\n  ${condition}\n`
  const made = compile(policy)
  if (made.kind === 'problems') throw new Error(made.problems[0]?.message)
  let asked = 0
  const read = readTrace(messages)
  if (read.kind === 'refused') throw new Error(read.message)
  // A clock that goes on by 50 ms with each look: it is looked at often enough, if it is over soon.
  const given = { limits: defaultLimits, now: () => asked++ * 50 }
  const startedAt = performance.now()
  const result = judge(made.policy, read.trace, given)
  expect(performance.now() - startedAt).toBeLessThan(2000)
  if (result instanceof Promise) throw new Error('nothing was to be waited for')
  expect(result.errors.every(({ kind }) => kind === 'limit')).toBe(true)
})

const most = 100_000
const rule = 'raise "x" if:\n  (m: Message)\n'

// At the most that a policy may have: test/fuzz/limits.test.ts.
test.each(hostilePolicies(10_000))('a policy of nothing but %s is compiled in time', (_name, text) => {
  expectInTime(text)
})

test('a policy of more characters, or a rule of more variables, is refused', () => {
  const long = compile(`${'#'.repeat(most)}\n`)
  expect(long.kind === 'problems' && long.problems[0]?.message).toBe(
    'the policy is longer than 100000 characters',
  )
  const wide = compile(rule + Array.from({ length: 100 }, (_, at) => `  v${at} := 1\n`).join(''))
  expect(wide.kind === 'problems' && wide.problems.map(({ message }) => message)).toEqual([
    'more than 100 variables',
  ])
  expect(compile(rule + Array.from({ length: 99 }, (_, at) => `  v${at} := 1\n`).join('')).kind).toBe(
    'policy',
  )
})

test.each([
  ['find("a", m.content)', 'a list'],
  ['len(m.content)', 'a number'],
  ['-1', 'a number'],
  ['text(m)', 'a list'],
])('a condition that is %s is told to be %s', (condition, told) => {
  const made = compile(rule + `  ${condition}\n`)
  expect(made.kind === 'policy' && made.policy.warnings[0]?.message).toBe(
    `this condition is ${told}, neither true nor false: the rule never fires`,
  )
})
