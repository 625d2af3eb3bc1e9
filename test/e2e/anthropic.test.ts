import { describe, expect, test } from 'bun:test'
import Anthropic, {
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk'
import { startWeir, type Instance } from '../support/executable.ts'

/** Anthropic's own SDK, unchanged, through the executable: what it saw is what the trace holds. */
const limitMs = 20_000
const doors = [
  { name: 'through /demo', base: '/demo', prefix: '' },
  { name: 'by model', base: '', prefix: 'demo/' },
]
const question = { role: 'user', content: 'What is a weir?' } as const
const weather: Anthropic.Tool = {
  name: 'weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

function messages({ url }: Instance, base: string): Anthropic['messages'] {
  return new Anthropic({ apiKey: 'none', baseURL: url + base, maxRetries: 0 }).messages
}

/** Without what the SDK adds of its own. */
function told(value: object): object {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key.startsWith('parsed') ? undefined : inner)))
}

// Where event and reset arrive together, Bun's fetch drops what was not yet read (13 of 200; none of 200 in Node).
const broken = /broke off|ECONNRESET/

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no error'
}

describe.each(doors)('the SDK of Anthropic, $name', ({ base, prefix }) => {
  const model = `${prefix}fast`

  test(
    'gets a whole message',
    async () => {
      await using weir = await startWeir()
      const message = await messages(weir, base).create({ model, max_tokens: 2_000, messages: [question] })
      expect(JSON.stringify(message.content)).toContain(question.content)
      const trace = await weir.onlyTrace()
      expect(trace).toMatchObject({ outcome: 'answered', dialect: 'anthropic', provider: 'demo' })
      expect(trace.reply).toEqual(told(message))
    },
    limitMs,
  )

  test(
    'gets a streamed message that thinks, with its signature',
    async () => {
      await using weir = await startWeir()
      const stream = messages(weir, base).stream({
        model,
        max_tokens: 4_000,
        thinking: { type: 'enabled', budget_tokens: 1_024 },
        messages: [question],
      })
      const message = await stream.finalMessage()
      expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text'])
      const trace = await weir.onlyTrace()
      expect(trace).toMatchObject({ outcome: 'answered', stream: true })
      expect(trace.reply).toMatchObject(told(message))
    },
    limitMs,
  )

  test(
    'gets a streamed tool call, argument by argument, and answers it',
    async () => {
      await using weir = await startWeir()
      const asked = { role: 'user', content: 'Use the weather tool' } as const
      const common = { model, max_tokens: 2_000, tools: [weather] }
      const first = await messages(weir, base)
        .stream({ ...common, messages: [asked] })
        .finalMessage()
      const call = first.content.find((block) => block.type === 'tool_use')
      if (call === undefined) throw new Error('There is no call')
      expect(call.input).toEqual({ city: expect.any(String) })
      const turns: Anthropic.MessageParam[] = [
        asked,
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: call.id, content: 'Rain over the weir' }],
        },
      ]
      const second = await messages(weir, base).create({ ...common, messages: turns })
      expect(JSON.stringify(second.content)).toContain('Rain over the weir')
      const [later, earlier] = await weir.kept(2)
      expect(earlier?.reply).toMatchObject(told(first))
      expect(later?.reply).toEqual(told(second))
    },
    limitMs,
  )

  test(
    'counts the tokens of a request',
    async () => {
      await using weir = await startWeir()
      const { input_tokens } = await messages(weir, base).countTokens({ model, messages: [question] })
      expect(input_tokens).toBeGreaterThan(1)
      expect(await weir.onlyTrace()).toMatchObject({ outcome: 'answered', status: 200 })
    },
    limitMs,
  )

  test.each([
    ['s02', RateLimitError, 429, 'failed'],
    ['s04', InternalServerError, 503, 'failed'],
    ['s05', InternalServerError, 502, 'provider-cut'],
    ['s12', BadRequestError, 400, 'failed'],
  ] as const)(
    '%s is the error class of that SDK',
    async (name, type, status, outcome) => {
      await using weir = await startWeir()
      const asking = messages(weir, base).create({
        model: prefix + name,
        max_tokens: 100,
        messages: [question],
      })
      const error: unknown = await asking.catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(type)
      expect(error).toMatchObject({ status })
      expect(await weir.onlyTrace()).toMatchObject({ outcome, status })
    },
    limitMs,
  )

  test(
    'a stream that the provider cuts is an error, and never looks complete',
    async () => {
      await using weir = await startWeir()
      const cut = { model: `${prefix}s08`, max_tokens: 2_000, messages: [question] }
      const asking = messages(weir, base).stream(cut).finalMessage()
      expect(await asking.catch(messageOf)).toMatch(broken)
      expect(await weir.onlyTrace()).toMatchObject({ outcome: 'provider-cut' })
    },
    limitMs,
  )
})

test(
  'a model that nobody owns is a NotFoundError, one of another dialect a BadRequestError',
  async () => {
    await using weir = await startWeir()
    const create = (model: string) =>
      messages(weir, '')
        .create({ model, max_tokens: 100, messages: [question] })
        .catch((reason: unknown) => reason)
    expect(await create('nobody/fast')).toBeInstanceOf(NotFoundError)
    expect(await create('gpt-5')).toBeInstanceOf(BadRequestError)
    expect(await weir.kept(2)).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }])
  },
  limitMs,
)
