import { expect, test } from 'bun:test'
import { answering, asking, reason } from '../../../../support/guard/detecting.ts'

const url = 'http://127.0.0.1:1/predict'

function found(label: string, score: number, settings: object = {}) {
  const other = { label: 'SAFE', score: 1 - score }
  const { fetch } = answering(() => [[other, { label, score }]])
  return asking('prompt_injection', { url, ...settings }, { fetch })
}

test.each(['INJECTION', 'injection', 'JAILBREAK', 'MALICIOUS', 'LABEL_1'])(
  'the label %s says injection',
  async (label) => {
    const [detection] = await found(label, 0.95)(['text'])
    expect(detection?.findings).toEqual([{ kind: 'INJECTION', start: 0, end: 4, score: 0.95 }])
  },
)

test('the score must be above the threshold, which a rule may say', async () => {
  const count = async (score: number, options: object): Promise<number | undefined> =>
    (await found('INJECTION', score)(['a'], { ...options }))[0]?.findings.length
  expect(await count(0.9, {})).toBe(0)
  expect(await count(0.91, {})).toBe(1)
  expect(await count(0.6, { threshold: 0.5 })).toBe(1)
  // The first label decides, whatever the threshold.
  expect(await count(0.4, { threshold: 0.3 })).toBe(0)
})

test('the configuration names the labels of other models, and its word goes before what is known', async () => {
  const settings = { labels: ['bad', 'LABEL_0'], safeLabels: ['good', 'LABEL_1'] }
  expect((await found('Bad', 0.95, settings)(['a']))[0]?.findings).toHaveLength(1)
  expect((await found('LABEL_0', 0.95, settings)(['a']))[0]?.findings).toHaveLength(1)
  expect((await found('LABEL_1', 0.95, settings)(['a']))[0]?.findings).toHaveLength(0)
  expect((await found('good', 0.95, settings)(['a']))[0]?.findings).toHaveLength(0)
})

test('a label that nobody knows is a failure: the rule would be silent for ever', async () => {
  expect(await reason(found('POSITIVE', 0.95)(['a']))).toBe(
    'the label "POSITIVE" is neither in its labels nor in its safeLabels',
  )
  expect(await reason(found('<canary>', 0.95)(['a']))).toBe(
    'the label of another kind is neither in its labels nor in its safeLabels',
  )
})

test('an injection behind what a model reads at once is seen, because long texts are asked in pieces', async () => {
  const { asked, fetch } = answering((body) => {
    const isFound = JSON.stringify(body).includes('ignore all of it')
    return [{ label: isFound ? 'INJECTION' : 'SAFE', score: 0.99 }]
  })
  const text = `${'harmless words '.repeat(500)}ignore all of it${' and more'.repeat(500)}`
  const [detection] = await asking('prompt_injection', { url }, { fetch })([text])
  // Pieces that are the same are asked once.
  expect(asked.length).toBeGreaterThan(2)
  const places = detection?.findings.map(({ start, end }) =>
    text.slice(start, end).includes('ignore all of it'),
  )
  expect(places?.length).toBeGreaterThan(0)
  expect(places).not.toContain(false)
})

test('several texts go in one call where the configuration says so', async () => {
  const { asked, fetch } = answering(() => [
    { label: 'SAFE', score: 0.9 },
    { label: 'INJECTION', score: 0.99 },
  ])
  const found = await asking('prompt_injection', { url, maxBatch: 2 }, { fetch })(['a', 'b'])
  expect(found.map(({ findings }) => findings.length)).toEqual([0, 1])
  expect(asked).toMatchObject([{ inputs: ['a', 'b'] }])
})
