import { expect, test } from 'bun:test'
import { dialectNames, type DialectName } from '../../../src/dialect/dialect.ts'
import { at, createTimeless, listIn, toEvents, toRequest, type Asked } from './ask.ts'
import { streamSaid, wholeSaid } from './said.ts'

const schema = {
  type: 'object',
  properties: { location: { type: 'string' }, days: { type: 'integer', minimum: 3, maximum: 4 } },
  required: ['location', 'days'],
}

/** The options of each question, as the dialect names them. */
const questions: Record<string, Record<DialectName, Asked>> = {
  'a plain question': { 'openai-chat': {}, 'openai-responses': {}, anthropic: {}, gemini: {} },
  'a tool': {
    'openai-chat': {
      extra: { tools: [{ type: 'function', function: { name: 'forecast', parameters: schema } }] },
    },
    'openai-responses': { extra: { tools: [{ type: 'function', name: 'forecast', parameters: schema }] } },
    anthropic: { extra: { tools: [{ name: 'forecast', input_schema: schema }] } },
    gemini: { extra: { tools: [{ functionDeclarations: [{ name: 'forecast', parameters: schema }] }] } },
  },
  thinking: {
    'openai-chat': { extra: { reasoning_effort: 'high' } },
    'openai-responses': { extra: { reasoning: { effort: 'high', summary: 'auto' } } },
    anthropic: { extra: { thinking: { type: 'enabled', budget_tokens: 1024 } } },
    gemini: { extra: { generationConfig: { thinkingConfig: { includeThoughts: true } } } },
  },
  'a limit': {
    'openai-chat': { extra: { max_completion_tokens: 7 } },
    'openai-responses': { extra: { max_output_tokens: 7 } },
    anthropic: { extra: { max_tokens: 7 } },
    gemini: { extra: { generationConfig: { maxOutputTokens: 7 } } },
  },
  'no room at all': {
    'openai-chat': { extra: { max_tokens: 0 } },
    'openai-responses': { extra: { max_output_tokens: 0 } },
    anthropic: { extra: { max_tokens: 0 } },
    gemini: { extra: { generationConfig: { maxOutputTokens: 0 } } },
  },
  'a stop sequence': {
    'openai-chat': { extra: { stop: 'demo' } },
    'openai-responses': {},
    anthropic: { extra: { stop_sequences: ['never', 'demo'] } },
    gemini: { extra: { generationConfig: { stopSequences: ['demo'] } } },
  },
}
const models = ['fast', 'human', 'slow', 'echo', 'gpt-4o', 'long-300', 'bytes-9000', 's07', 's13', 's16']

for (const dialect of dialectNames) {
  const both = async (model: string, asked: Asked) => {
    const { ask } = createTimeless()
    const question = { text: 'Call the weather tool 🦊', ...asked }
    const usage = dialect === 'openai-chat' ? { stream_options: { include_usage: true } } : {}
    const extra = { ...question.extra, ...usage }
    const whole: unknown = await (await ask(toRequest(dialect, model, question))).json()
    const events = toEvents(
      await (await ask(toRequest(dialect, model, { ...question, extra, stream: true }))).bytes(),
    )
    return { whole: wholeSaid[dialect](whole), stream: streamSaid[dialect](events) }
  }

  for (const [title, asked] of Object.entries(questions)) {
    test(`${dialect}: with ${title}, the stream adds up to the whole answer`, async () => {
      const { whole, stream } = await both('fast', asked[dialect])
      expect(stream).toEqual(whole)
      if (title !== 'no room at all') expect(whole.text).not.toBe('')
    })
  }

  for (const model of models) {
    test(`${dialect}: the stream of ${model} adds up to its whole answer`, async () => {
      const { whole, stream } = await both(model, {})
      // A body of a certain size has more room for text when it has no events.
      const { text, usage } = model.startsWith('bytes') ? stream : whole
      expect(stream).toEqual({ ...whole, text, usage })
    })
  }

  test(`${dialect}: tool arguments hold what their schema requires`, async () => {
    const { whole } = await both('fast', questions['a tool']?.[dialect] ?? {})
    expect(whole.calls.map(([name]) => name)).toEqual(['forecast'])
    const value: unknown = JSON.parse(whole.calls[0]?.[1] ?? '')
    expect(at(value, 'location')).toBe('Zürich')
    expect([3, 4]).toContain(Number(at(value, 'days')))
  })

  test(`${dialect}: the same question has the same answer, another question another`, async () => {
    const first = await both('fast', {})
    expect(await both('fast', {})).toEqual(first)
    expect((await both('fast', { text: 'Something else' })).whole.id).not.toBe(first.whole.id)
  })

  test(`${dialect}: echo says what was said, in full`, async () => {
    const text = 'Ünïcödé 🦦\n' + 'and so on, '.repeat(500)
    expect((await both('echo', { text })).stream.text).toBe(text)
  })

  test(`${dialect}: the provider's name may stand before the model's`, async () => {
    const { ask } = createTimeless()
    const reply: unknown = await (await ask(toRequest(dialect, 'demo/fast'))).json()
    expect(at(reply, dialect === 'gemini' ? 'modelVersion' : 'model')).toBe('fast')
  })
}

test('a limit is kept to the token and told as the reason', async () => {
  const { ask } = createTimeless()
  const reply: unknown = await (
    await ask(toRequest('openai-chat', 'fast', { extra: { max_tokens: 7 } }))
  ).json()
  expect(at(reply, 'usage', 'completion_tokens')).toBe(7)
  expect(at(reply, 'choices', 0, 'finish_reason')).toBe('length')
})

test('a seed makes the choice of words, whatever the model is called', async () => {
  const { ask } = createTimeless()
  const say = async (model: string, seed: number) =>
    at(
      await (await ask(toRequest('openai-chat', model, { extra: { seed } }))).json(),
      'choices',
      0,
      'message',
      'content',
    )
  expect(await say('fast', 1)).toBe(await say('gpt-4o', 1))
  const words = await Promise.all([1, 2, 3, 4, 5].map((seed) => say('fast', seed)))
  expect(new Set(words).size).toBeGreaterThan(1)
})

test('chat gives up to eight answers, each with its own end', async () => {
  const { ask } = createTimeless()
  const reply: unknown = await (await ask(toRequest('openai-chat', 'fast', { extra: { n: 20 } }))).json()
  expect(listIn(reply, 'choices').map((choice) => at(choice, 'index'))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  const stream = await ask(toRequest('openai-chat', 'fast', { stream: true, extra: { n: 3 } }))
  const ends = toEvents(await stream.bytes()).filter(({ data }) => data.includes('"finish_reason":"stop"'))
  expect(ends).toHaveLength(3)
})

test('a chat stream tells its usage only when asked to', async () => {
  const { ask } = createTimeless()
  const stream = await ask(toRequest('openai-chat', 'fast', { stream: true }))
  expect(await stream.text()).not.toContain('"usage"')
})

test('an answer that has to be JSON is JSON of the schema', async () => {
  const { ask } = createTimeless()
  const format = { type: 'json_schema', json_schema: { name: 'forecast', schema } }
  const reply: unknown = await (
    await ask(toRequest('openai-chat', 'fast', { extra: { response_format: format } }))
  ).json()
  const value: unknown = JSON.parse(String(at(reply, 'choices', 0, 'message', 'content')))
  expect(at(value, 'location')).toBe('Zürich')
})

test('the last event of a Responses stream carries the whole answer', async () => {
  const { ask } = createTimeless()
  const whole: unknown = await (await ask(toRequest('openai-responses', 'fast'))).json()
  const stream = await ask(toRequest('openai-responses', 'fast', { stream: true }))
  const events = toEvents(await stream.bytes())
  const last: unknown = JSON.parse(events.at(-1)?.data ?? '')
  expect(at(last, 'response')).toEqual(whole)
  expect(events.map(({ data }) => at(JSON.parse(data), 'sequence_number'))).toEqual(
    events.map((_, index) => index),
  )
})
