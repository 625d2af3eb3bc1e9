import { expect, test } from 'bun:test'
import { isObject } from '../../../../../src/conversation/json.ts'
import { answering, asking, reason } from '../../../../support/guard/detecting.ts'

const url = 'http://127.0.0.1:1/v1/moderations'

function inputs(body: unknown): string[] {
  const given = isObject(body) ? (body['input'] ?? body['inputs']) : []
  return Array.isArray(given) ? given.map(String) : [String(given)]
}

/** Finds hate where the text says so. */
const openai = (body: unknown): unknown => ({
  id: 'modr-1',
  results: inputs(body).map((text) => ({
    flagged: text.includes('hate'),
    categories: { hate: text.includes('hate'), 'self-harm': false },
    category_scores: {
      hate: text.includes('hate') ? 0.7 : 0.01,
      'self-harm': text.includes('harm') ? 0.3 : 0,
    },
  })),
})

test('a text is judged line by line, and a line with a category above its threshold is found', async () => {
  const { asked, fetch } = answering(openai)
  const ask = asking('moderated', { url, model: 'omni' }, { fetch })
  const text = 'fine\nI hate it\n\nfine'
  const [found, other] = await ask([text, 'hate'])
  expect(found?.findings).toEqual([{ kind: 'hate', start: 5, end: 14, score: 0.7 }])
  expect(other?.findings).toEqual([{ kind: 'hate', start: 0, end: 4, score: 0.7 }])
  expect(asked).toEqual([{ input: ['fine', 'I hate it', 'hate'], model: 'omni' }])
})

test('a rule may say thresholds for all categories and for one, as OpenAI writes it or as Python would', async () => {
  const { fetch } = answering(openai)
  const ask = asking('moderated', { url }, { fetch })
  const kinds = async (options: Record<string, unknown>): Promise<string[]> =>
    (await ask(['hate and harm'], options))[0]?.findings.map(({ kind }) => kind) ?? []
  expect(await kinds({})).toEqual(['hate'])
  expect(await kinds({ default_threshold: 0.7 })).toEqual([])
  expect(await kinds({ default_threshold: 0.2 })).toEqual(['hate', 'self-harm'])
  expect(await kinds({ cat_thresholds: { 'self-harm': 0.2, hate: 0.9 } })).toEqual(['self-harm'])
  expect(await kinds({ cat_thresholds: { self_harm: 0.2 } })).toEqual(['hate', 'self-harm'])
  expect(await reason(ask(['a'], { cat_thresholds: { hate: 'high' } }))).toBe(
    'cat_thresholds must be a dictionary of numbers',
  )
  expect(await reason(ask(['a'], { cat_thresholds: 1 }))).toBe(
    'cat_thresholds must be a dictionary of numbers',
  )
  expect(await reason(ask(['a'], { split: 1 }))).toBe('split must be a string')
})

test('a rule may divide a text by something else, or not at all', async () => {
  const { asked, fetch } = answering(openai)
  const ask = asking('moderated', { url }, { fetch })
  await ask(['a;b\nc'], { split: ';' })
  await ask(['a;b\nc'], { split: '' })
  expect(asked.map(inputs)).toEqual([['a', 'b\nc'], ['a;b\nc']])
})

test('many lines are asked in batches, each line once', async () => {
  const { asked, fetch } = answering(openai)
  const ask = asking('moderated', { url, maxBatch: 10 }, { fetch })
  const lines = Array.from({ length: 35 }, (_, at) => `line ${at}`)
  const [found] = await ask([[...lines, ...lines, 'hate'].join('\n')])
  expect(asked.map((body) => inputs(body).length)).toEqual([10, 10, 10, 6])
  expect(found?.findings).toHaveLength(1)
})

test('a long line is asked in pieces', async () => {
  const { asked, fetch } = answering(openai)
  const [found] = await asking(
    'moderated',
    { url, maxCharacters: 200 },
    { fetch },
  )([`${'x '.repeat(150)}hate`])
  expect(asked.flatMap(inputs).map((text) => text.length)).toEqual([200, 104])
  expect(found?.findings).toMatchObject([{ start: 200, end: 304 }])
})

test('a server that tells no scores is believed in what it found', async () => {
  const { fetch } = answering(() => ({ results: [{ categories: { hate: true, sexual: false } }] }))
  const [found] = await asking('moderated', { url }, { fetch })(['a'])
  expect(found?.findings).toEqual([{ kind: 'hate', start: 0, end: 1, score: 1 }])
})

const kind = 'text-classification'

test('labels of text classification become categories, and the label of nothing is none', async () => {
  const { asked, fetch } = answering(() => [
    [
      { label: 'OK', score: 0.9 },
      { label: 'S3', score: 0.6 },
      { label: 'toxic', score: 0.7 },
      { label: 'calm', score: 0.8 },
      { label: 'insult', score: 0.55 },
    ],
  ])
  const ask = asking(
    'moderated',
    { url, kind, labels: { toxic: 'harassment' }, safeLabels: ['calm'] },
    { fetch },
  )
  const [found] = await ask(['a'])
  expect(found?.findings.map((finding) => finding.kind)).toEqual(['sexual/minors', 'harassment', 'insult'])
  expect(asked).toEqual([{ inputs: 'a', parameters: { top_k: 50 } }])
})

test('servers nest the labels of one text or of several as they like', async () => {
  const label = { label: 'H', score: 0.9 }
  const found = async (answer: unknown, texts: readonly string[]): Promise<number[]> => {
    const ask = asking(
      'moderated',
      { url, kind, maxBatch: 8 },
      answering(() => answer),
    )
    return (await ask(texts)).map(({ findings }) => findings.length)
  }
  expect(await found([label], ['a'])).toEqual([1])
  expect(await found([[label]], ['a'])).toEqual([1])
  expect(await found([label, { label: 'V', score: 0.9 }], ['a'])).toEqual([2])
  expect(await found([[label], [{ label: 'OK', score: 1 }]], ['a', 'b'])).toEqual([1, 0])
  expect(await found([label, { label: 'OK', score: 1 }], ['a', 'b'])).toEqual([1, 0])
})

test.each([
  ['no list', {}],
  ['empty', []],
  ['no labels', [[]]],
  ['no score', [{ label: 'H' }]],
  ['of another count', [[{ label: 'H', score: 1 }], [{ label: 'H', score: 1 }]]],
  ['mixed', [[{ label: 'H', score: 1 }], { label: 'H', score: 1 }]],
])('labels of the wrong shape are a failure: %s', async (_, answer) => {
  const ask = asking(
    'moderated',
    { url, kind },
    answering(() => answer),
  )
  expect(await reason(ask(['a']))).toBe('its answer is no list of labels for the text')
})

test.each([
  ['nothing', null, 'its answer has 0 results for a text'],
  ['too many', { results: [{}, {}] }, 'its answer has 2 results for a text'],
  ['no categories', { results: [{ flagged: true }] }, 'one of its results has no categories'],
  ['no result', { results: [3] }, 'one of its results has no categories'],
])('moderations of the wrong shape are a failure: %s', async (_, answer, message) => {
  expect(
    await reason(
      asking(
        'moderated',
        { url },
        answering(() => answer),
      )(['a']),
    ),
  ).toBe(message)
})
