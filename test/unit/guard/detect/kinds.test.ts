import { expect, test } from 'bun:test'
import { localDetectors } from '../../../../src/guard/detect/local.ts'
import type { Detectors, RemoteDetector } from '../../../../src/guard/detector.ts'
import { judge } from '../../../../src/guard/judge.ts'
import { compile } from '../../../../src/guard/policy.ts'
import { readTrace } from '../../../../src/guard/trace/read.ts'

const local: Detectors = new Map(localDetectors.map((detector) => [detector.name, detector]))

function remote(kinds: readonly string[]): Detectors {
  const detector: RemoteDetector = {
    kind: 'remote',
    name: 'pii',
    kinds,
    detect: async (texts) => texts.map(() => ({ findings: [] })),
  }
  return new Map([['pii', detector]])
}

function problemsOf(condition: string, detectors: Detectors, above = ''): readonly string[] {
  const policy = `from invariant.detectors import pii\nimport invariant.detectors as d\n${above}\nraise "x" if:\n    (m: Message)\n    (c: ToolCall)\n    ${condition}\n`
  const compiled = compile(policy, { detectors })
  if (compiled.kind === 'policy') return []
  return compiled.problems.map(({ message, line, column }) => `${line}:${column} ${message}`)
}

test('a rule that asks the built-in detector for a person is refused at load, by name and place', () => {
  const [problem = '', ...more] = problemsOf('any(pii(m, ["EMAIL_ADDRESS", "PERSON"]))', local)
  expect(more).toEqual([])
  expect(problem).toStartWith(
    '7:34 the built-in detector pii does not know PERSON: that takes a remote one. It knows EMAIL_ADDRESS, ',
  )
})

test.each([
  'any(pii(m, entities=["LOCATION"]))',
  'any(d.pii(m, ["LOCATION"]))',
  'any(pii(m, WANTED))',
  'c is tool:send({to: "<x>", where: <LOCATION>})',
  'any([pii(x, ["LOCATION"]) for x in [m]])',
])('so it is however it is written: %s', (condition) => {
  const [problem = ''] = problemsOf(condition, local, 'WANTED := ["LOCATION"]')
  expect(problem).toContain('does not know LOCATION')
})

test.each([
  'any(pii(m))',
  'any(pii(m, ["EMAIL_ADDRESS", "US_SSN"]))',
  'c is tool:send({to: <EMAIL_ADDRESS>, from: <PHONE_NUMBER>})',
])('what it knows it is asked: %s', (condition) => {
  expect(problemsOf(condition, local)).toEqual([])
})

test('a remote detector is held to the kinds that it tells, and to none if it tells none', () => {
  const condition = 'any(pii(m, ["PERSON"]))'
  expect(problemsOf(condition, remote(['PERSON']))).toEqual([])
  expect(problemsOf(condition, remote([]))).toEqual([])
  const [problem = ''] = problemsOf(condition, remote(['LOCATION']))
  expect(problem).toEndWith('the configured detector pii does not know PERSON. It knows LOCATION')
})

test('kinds that are known only when the rule runs make it fail then, not stay silent', async () => {
  const policy =
    'from invariant.detectors import pii\nraise "x" if:\n    (m: Message)\n    any(pii(m, [m.role]))\n'
  const compiled = compile(policy, { detectors: local })
  const read = readTrace([{ role: 'user', content: 'Ada' }])
  if (compiled.kind === 'problems' || read.kind === 'refused') throw new Error('it loads')
  const { errors, violations } = await judge(compiled.policy, read.trace, { detectors: local })
  expect(violations).toEqual([])
  expect(errors.map(({ kind, message }) => [kind, message])).toEqual([
    ['detector', 'the built-in pii detector does not know user: that takes a remote one'],
  ])
})
