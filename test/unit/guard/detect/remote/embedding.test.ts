import { expect, test } from 'bun:test'
import { isObject } from '../../../../../src/conversation/json.ts'
import { createDetectors } from '../../../../../src/guard/detect/create.ts'
import { judge } from '../../../../../src/guard/judge.ts'
import { asking, itself, reason, settingsOf } from '../../../../support/guard/detecting.ts'
import { policyOf, traceOf, user } from '../../../../support/guard/judged.ts'

const target = 'openai/text-embedding-3-large'

function inputs(body: unknown): string[] {
  return isObject(body) && Array.isArray(body['input']) ? body['input'].map(String) : []
}

const vectors = new Map([
  ['cat', [3, 4]],
  ['dog', [4, 3]],
  ['tax', [4, -3]],
])

const data = (texts: readonly string[]): unknown => ({
  object: 'list',
  data: texts.map((text, index) => ({ object: 'embedding', index, embedding: vectors.get(text) ?? [1, 0] })),
})

test('texts are asked in batches by the route for embeddings, and come out one long', async () => {
  const { asked, ask } = itself(({ body }) => data(inputs(body)))
  const found = await asking('embedding', { target, maxBatch: 2 }, { ask })(['cat', 'dog', 'tax', 'cat', ''])
  expect(found.map(({ value }) => value)).toEqual([[0.6, 0.8], [0.8, 0.6], [0.8, -0.6], [0.6, 0.8], []])
  expect(asked).toEqual([
    {
      path: '/v1/embeddings',
      body: { model: target, input: ['cat', 'dog'], encoding_format: 'float' },
      maxResponseBytes: 16 << 20,
    },
    {
      path: '/v1/embeddings',
      body: { model: target, input: ['tax'], encoding_format: 'float' },
      maxResponseBytes: 16 << 20,
    },
  ])
})

test('a rule compares by them', async () => {
  const { ask } = itself(({ body }) => data(inputs(body)))
  const detectors = createDetectors(settingsOf({ embedding: { target } }), {
    builtin: [],
    ask,
    fetch: () => Promise.reject(new Error('nobody is called here')),
  })
  const fires = async (text: string): Promise<number> => {
    const policy = policyOf(
      'from invariant.detectors import is_similar\nraise "x" if:\n    (m: Message)\n    is_similar(m.content, "cat", 0.9)\n',
    )
    const result = await judge(policy, traceOf([user(text)]), { detectors })
    expect(result.errors).toEqual([])
    return result.violations.length
  }
  expect([await fires('dog'), await fires('tax'), await fires('')]).toEqual([1, 0, 0])
})

test('embeddings are told apart by their index, in whatever order they come', async () => {
  const { ask } = itself(() => ({
    data: [
      { index: 1, embedding: [0, 2] },
      { index: 0, embedding: [2, 0] },
    ],
  }))
  const found = await asking('embedding', { target }, { ask })(['a', 'b'])
  expect(found.map(({ value }) => value)).toEqual([
    [1, 0],
    [0, 1],
  ])
})

test.each([
  ['nothing', null, 'its answer has 0 embeddings for a text'],
  ['an error', { error: { message: 'canary' } }, 'its answer has 0 embeddings for a text'],
  ['too many', { data: [{}, {}] }, 'its answer has 2 embeddings for a text'],
  ['no numbers', { data: [{ embedding: 'canary' }] }, 'one of its embeddings is no list of numbers'],
  ['not only numbers', { data: [{ embedding: [1, null] }] }, 'one of its embeddings is no list of numbers'],
  ['too long', { data: [{ embedding: [1, 2, 3] }] }, 'one of its embeddings has more than 2 numbers'],
  ['zero', { data: [{ embedding: [0, 0] }] }, 'one of its embeddings is zero'],
  ['of another text', { data: [{ index: 7, embedding: [1] }] }, 'a text has no embedding'],
])('an answer of the wrong shape is a failure: %s', async (_, answer, message) => {
  const { ask } = itself(() => answer)
  expect(await reason(asking('embedding', { target, maxDimensions: 2 }, { ask })(['a']))).toBe(message)
})

test('a text that is too long is a failure, and nothing is asked', async () => {
  const { asked, ask } = itself(() => data(['a']))
  const embed = asking('embedding', { target, maxCharacters: 200 }, { ask })
  expect(await reason(embed(['a', 'x'.repeat(201)]))).toBe('a text is longer than 200 characters')
  expect(asked).toEqual([])
})
