import { expect, test } from 'bun:test'
import { createDetections } from '../../../src/guard/detections.ts'
import type { Detectors, DetectorName, RemoteDetector } from '../../../src/guard/detector.ts'
import { judge, type Judgement } from '../../../src/guard/judge.ts'
import { compile } from '../../../src/guard/policy.ts'
import { policyOf, traceOf, user } from '../../support/guard/judged.ts'

function asked(more: Partial<RemoteDetector> = {}) {
  const texts: string[] = []
  const detector: RemoteDetector = {
    kind: 'remote',
    name: 'pii',
    kinds: [],
    detect: async (list) => {
      texts.push(...list)
      return list.map(() => ({ findings: [{ kind: 'PERSON', start: 0, end: 1 }] }))
    },
    ...more,
  }
  const detectors: Detectors = new Map([['pii', detector]])
  return { texts, detectors }
}

const policy = policyOf(
  'from invariant.detectors import pii\nraise "x" if:\n    (m: Message)\n    any(pii(m))\n',
)

function judgeTexts(texts: readonly string[], given: Judgement) {
  return judge(policy, traceOf(texts.map(user)), given)
}

test('a text is asked once, in however many turns it comes', async () => {
  const { texts, detectors } = asked()
  const detections = createDetections()
  await judgeTexts(['a', 'b'], { detectors, detections })
  await judgeTexts(['a', 'b', 'c'], { detectors, detections })
  expect(texts).toEqual(['a', 'b', 'c'])
})

test('after another configuration all is asked anew, and what the old one said is not heard', async () => {
  const detections = createDetections()
  const [one, two] = [asked({ identity: 'one' }), asked({ identity: 'two' })]
  for (const { detectors } of [one, two, one, two]) await judgeTexts(['a'], { detectors, detections })
  expect([one.texts, two.texts]).toEqual([['a'], ['a']])
})

test('one judgement asks no more texts than the detector bears; the next one has as many again', async () => {
  const { texts, detectors } = asked({ mostTexts: 2 })
  const detections = createDetections()
  const within = await judgeTexts(['a', 'b'], { detectors, detections })
  expect(within.violations).toHaveLength(2)
  const past = await judgeTexts(['c', 'd', 'e'], { detectors, detections })
  expect(past.violations).toEqual([])
  expect(past.errors.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
    'detector: the detector pii failed: one judgement asks it about more than 2 texts',
  ])
  // Those that are known from before do not count.
  expect((await judgeTexts(['a', 'b', 'c', 'd'], { detectors, detections })).violations).toHaveLength(4)
  expect(texts).toEqual(['a', 'b', 'c', 'd'])
})

function problems(text: string, detectors: readonly DetectorName[]): string[] {
  const compiled = compile(text, { detectors: new Set(detectors) })
  return compiled.kind === 'policy'
    ? []
    : compiled.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

test('a rule that asks a detector that there is not is refused, with the function and its place', () => {
  const text =
    'from invariant.detectors import pii, moderated\n\nraise "x" if:\n    (m: Message)\n    pii(m)\n    moderated(m)\n'
  expect(problems(text, ['pii', 'moderated'])).toEqual([])
  expect(problems(text, [])).toEqual([
    '5:5 pii asks the detector pii, which is not configured',
    '6:5 moderated asks the detector moderated, which is not configured',
  ])
})

test.each([
  ['invariant.detectors.is_similar', 'd.is_similar(m, "a")', 'is_similar asks the detector embedding'],
  [
    'invariant.detectors.fuzzy_contains',
    'd.fuzzy_contains(m, "a", use_semantic=True)',
    'fuzzy_contains(use_semantic=True) asks the detector llm',
  ],
])('the detector of %s is missed however it is imported', (_, call, message) => {
  const text = `import invariant.detectors as d\nraise "x" if:\n    (m: Message)\n    ${call}\n`
  expect(problems(text, [])).toEqual([`4:5 ${message}, which is not configured`])
})

test('a value type in a pattern asks too, a predicate and a constant as well', () => {
  const pattern = 'raise "x" if:\n    (call: ToolCall)\n    call is tool:send({to: "<EMAIL_ADDRESS>"})\n'
  expect(problems(pattern.replaceAll('"<EMAIL_ADDRESS>"', '<EMAIL_ADDRESS>'), [])).toEqual([
    '3:28 <EMAIL_ADDRESS> asks the detector pii, which is not configured',
  ])
  const predicate = 'from invariant import llm_confirm\nsure(m: Message) :=\n    llm_confirm("it rains")\n'
  expect(problems(predicate, [])).toEqual(['3:5 llm_confirm asks the detector llm, which is not configured'])
})

test('fuzzy_contains without meaning asks nobody; with it and without a model it fails rather than say no', () => {
  const rule = (more: string): string =>
    `from invariant.detectors import fuzzy_contains\nraise "x" if:\n    (m: Message)\n    fuzzy_contains(m.content, "secret"${more})\n`
  expect(problems(rule(''), [])).toEqual([])
  expect(problems(rule(', use_semantic=False'), [])).toEqual([])
  const result = judge(policyOf(rule(', 0.9, True')), traceOf([user('nothing of that')]))
  expect(result).toMatchObject({
    errors: [{ kind: 'detector', message: 'the detector llm is not configured' }],
  })
})
