import { expect, test } from 'bun:test'
import { asking, itself, reason } from '../../../../support/guard/detecting.ts'

const target = 'openai/gpt-4.1-nano'
const said = (content: unknown): unknown => ({
  choices: [{ index: 0, message: { role: 'assistant', content } }],
})

async function bodyFor(settings: object, options: Record<string, unknown>): Promise<unknown> {
  const { asked, ask } = itself(() => said('YES'))
  await asking('llm', { target, ...settings }, { ask })(['Is it so?'], options)
  return asked[0]?.body
}

test('a prompt goes by the route for chats, as a message of its own', async () => {
  const { asked, ask } = itself(() => said('YES'))
  const [found] = await asking('llm', { target }, { ask })(['Is it so?'])
  expect(found).toEqual({ findings: [], value: 'YES' })
  expect(asked).toEqual([
    {
      path: '/v1/chat/completions',
      body: {
        model: target,
        messages: [{ role: 'user', content: 'Is it so?' }],
        max_tokens: 500,
        temperature: 0.2,
        stream: false,
      },
      maxResponseBytes: 4 << 20,
    },
  ])
})

test('a rule may say a system prompt, a temperature, and fewer tokens, but not more', async () => {
  expect(await bodyFor({}, { system_prompt: 'Be brief.', temperature: 0, max_tokens: 3 })).toMatchObject({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Is it so?' },
    ],
    max_tokens: 3,
    temperature: 0,
  })
  expect(await bodyFor({ maxTokens: 50 }, { max_tokens: 1e9 })).toMatchObject({ max_tokens: 50 })
  expect(await bodyFor({ maxTokens: 50 }, { max_tokens: -1 })).toMatchObject({ max_tokens: 1 })
})

test('a rule chooses among the models that the configuration allows, and no other', async () => {
  const models = ['openai/gpt-4o']
  expect(await bodyFor({ models }, { model: 'openai/gpt-4o' })).toMatchObject({ model: 'openai/gpt-4o' })
  expect(await bodyFor({ models }, { model: 'openai/o3-pro' })).toMatchObject({ model: target })
})

test('a model that takes no temperature and counts other tokens can be asked', async () => {
  const body = await bodyFor({ temperature: false, tokensField: 'max_completion_tokens' }, { temperature: 1 })
  expect(Object.keys(Object(body))).toEqual(['model', 'messages', 'max_completion_tokens', 'stream'])
})

test('a question without an answer is a failure: read as one it would say no', async () => {
  for (const answer of [
    null,
    {},
    { choices: [] },
    said(null),
    said(''),
    said([{ type: 'text' }]),
    { error: 'canary' },
  ]) {
    const { ask } = itself(() => answer)
    expect(await reason(asking('llm', { target }, { ask })(['a']))).toBe('the model answered with no text')
  }
})

test('what a rule gives must be of its kind, and a prompt within its bound', async () => {
  const { asked, ask } = itself(() => said('YES'))
  const llm = asking('llm', { target, maxCharacters: 1000 }, { ask })
  expect(await reason(llm(['a'], { system_prompt: 1 }))).toBe('system_prompt must be a string')
  expect(await reason(llm(['a'], { temperature: 'hot' }))).toBe('temperature must be a number')
  expect(await reason(llm(['x'.repeat(990)], { system_prompt: 'y'.repeat(11) }))).toBe(
    'a prompt is longer than 1000 characters',
  )
  expect(asked).toEqual([])
})

test('no more questions are open at once than the configuration says', async () => {
  let [open, most] = [0, 0]
  const ask = async (): Promise<unknown> => {
    most = Math.max(most, ++open)
    await Promise.resolve()
    open--
    return said('NO')
  }
  const found = await asking(
    'llm',
    { target, maxConcurrent: 3 },
    { ask },
  )(Array.from({ length: 20 }, (_, at) => `${at}`))
  expect([found.length, most]).toEqual([20, 3])
})

test('what Weir itself refuses is told without its words', async () => {
  const ask = (): Promise<unknown> => Promise.reject(new Error('http://canary:9347 said no'))
  expect(await reason(asking('llm', { target }, { ask })(['a']))).toBe('Error was not expected')
})
