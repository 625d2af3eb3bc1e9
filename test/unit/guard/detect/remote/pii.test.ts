import { expect, test } from 'bun:test'
import { answering, asking, reason } from '../../../../support/guard/detecting.ts'

const url = 'http://127.0.0.1:1/analyze'
const text = '𝄞 Bob 𝄞 Ann'

test('Presidio is told the text, its language and what a rule wants; code points become places', async () => {
  const { asked, fetch } = answering(() => [
    { entity_type: 'PERSON', start: 8, end: 11, score: 0.85, analysis_explanation: null },
    { entity_type: 'PERSON', start: 2, end: 5, score: 0.85 },
    { entity_type: 'LOCATION', start: 2, end: 5, score: 0.5 },
  ])
  const ask = asking('pii', { url, language: 'de' }, { fetch })
  const [found] = await ask([text], { entities: ['PERSON', 1], model: 'x' })
  expect(found?.findings.map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual([
    ['PERSON', 'Bob'],
    ['PERSON', 'Ann'],
  ])
  expect(asked).toEqual([{ text, language: 'de', score_threshold: 0.5, entities: ['PERSON'] }])
})

test('a rule may want another threshold, and a finding must be above it', async () => {
  const { asked, fetch } = answering(() => [{ entity_type: 'PERSON', start: 0, end: 1, score: 0.4 }])
  const ask = asking('pii', { url }, { fetch })
  expect((await ask(['a'], { threshold: 0.39 }))[0]?.findings).toHaveLength(1)
  expect((await ask(['a'], { threshold: 0.4 }))[0]?.findings).toHaveLength(0)
  expect(asked).toMatchObject([{ score_threshold: 0.39 }, { score_threshold: 0.4 }])
  expect(await reason(ask(['a'], { threshold: 'high' }))).toBe('threshold must be a number')
})

test('token classification is asked as Hugging Face serves it, and its labels become those of rules', async () => {
  const { asked, fetch } = answering(() => [
    { entity_group: 'PER', start: 0, end: 1, score: 0.9, word: 'a' },
    { entity_group: 'B-ORG', start: 1, end: 2, score: 0.9 },
    { entity_group: 'OWN', start: 2, end: 3, score: 0.9 },
    { entity_group: 'misc', start: 3, end: 4, score: 0.9 },
  ])
  const ask = asking('pii', { url, kind: 'token-classification', labels: { OWN: 'PASSPORT' } }, { fetch })
  const [found] = await ask(['abcd'])
  expect(found?.findings.map(({ kind }) => kind)).toEqual(['PERSON', 'ORGANIZATION', 'PASSPORT', 'MISC'])
  expect(asked).toEqual([{ inputs: 'abcd', parameters: { aggregation_strategy: 'simple' } }])
})

test('an answer for one text may be a list of lists', async () => {
  const { fetch } = answering(() => [[{ entity_group: 'PER', start: 0, end: 1, score: 0.9 }]])
  const [found] = await asking('pii', { url, kind: 'token-classification' }, { fetch })(['a'])
  expect(found?.findings).toEqual([{ kind: 'PERSON', start: 0, end: 1, score: 0.9 }])
})

test('a long text is asked in pieces that overlap, and what two of them share is found once', async () => {
  const find = (body: unknown): unknown => {
    const piece = typeof body === 'object' && body !== null && 'text' in body ? String(body.text) : ''
    return [...piece.matchAll(/Bob/g)].map(({ index }) => {
      const start = [...piece.slice(0, index)].length
      return { entity_type: 'PERSON', start, end: start + 3, score: 1 }
    })
  }
  const { asked, fetch } = answering(find)
  const ask = asking('pii', { url, maxCharacters: 200 }, { fetch })
  const long = Array.from({ length: 100 }, (_, at) => `${at} 𝄞 Bob`).join(' ')
  const [found] = await ask([long])
  expect(asked.length).toBeGreaterThan(5)
  expect(found?.findings.map(({ start, end }) => [start, long.slice(start, end)])).toEqual(
    Array.from(long.matchAll(/Bob/g), ({ index }) => [index, 'Bob']),
  )
})

test('each text is asked once, blank ones not at all, and answers are in the order of the texts', async () => {
  const { asked, fetch } = answering((body) =>
    JSON.stringify(body).includes('Bob') ? [{ entity_type: 'PERSON', start: 0, end: 3, score: 1 }] : [],
  )
  const found = await asking('pii', { url }, { fetch })(['Bob', '', 'x', 'Bob', ' \n'])
  expect(found.map(({ findings }) => findings.length)).toEqual([1, 0, 0, 1, 0])
  expect(asked).toHaveLength(2)
})

test('half a character is replaced by something as long, so that places stay and no service fails on it', async () => {
  const { asked, fetch } = answering(() => [{ entity_type: 'PERSON', start: 2, end: 5, score: 1 }])
  const [found] = await asking('pii', { url }, { fetch })(['\ud83d Bob'])
  expect(asked).toMatchObject([{ text: '� Bob' }])
  expect(found?.findings).toMatchObject([{ start: 2, end: 5 }])
})

test.each([
  ['no list', { error: 'canary' }, 'its answer is no list of findings, as presidio gives it'],
  ['text', 'canary', 'its answer is no list of findings, as presidio gives it'],
  ['no kind', [{ start: 0, end: 1, score: 1 }], 'one of its findings has no entity_type or no score'],
  [
    'no score',
    [{ entity_type: 'A', start: 0, end: 1 }],
    'one of its findings has no entity_type or no score',
  ],
  ['nothing', [null], 'one of its findings has no entity_type or no score'],
  [
    'no place',
    [{ entity_type: 'A', score: 1, start: null, end: null }],
    'one of its findings is not within the text',
  ],
  [
    'behind',
    [{ entity_type: 'A', score: 1, start: 0, end: 5 }],
    'one of its findings is not within the text',
  ],
  ['empty', [{ entity_type: 'A', score: 1, start: 1, end: 1 }], 'one of its findings is not within the text'],
  [
    'before',
    [{ entity_type: 'A', score: 1, start: -1, end: 1 }],
    'one of its findings is not within the text',
  ],
  [
    'half',
    [{ entity_type: 'A', score: 1, start: 0.5, end: 1 }],
    'one of its findings is not within the text',
  ],
])(
  'an answer of the wrong shape is a failure, not a text without findings: %s',
  async (_, answer, message) => {
    const { fetch } = answering(() => answer)
    expect(await reason(asking('pii', { url }, { fetch })(['𝄞abc']))).toBe(message)
  },
)

test('what models of token classification read at once is less than what Presidio does', async () => {
  const calls = async (kind: string): Promise<number> => {
    const { asked, fetch } = answering(() => [])
    await asking('pii', { url, kind }, { fetch })(['word '.repeat(600)])
    return asked.length
  }
  expect(await calls('presidio')).toBe(1)
  expect(await calls('token-classification')).toBeGreaterThan(1)
})
