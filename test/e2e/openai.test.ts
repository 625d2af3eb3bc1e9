import { describe, expect, test } from 'bun:test'
import OpenAI, { BadRequestError, InternalServerError, NotFoundError, RateLimitError } from 'openai'
import { startWeir, type Instance } from '../support/executable.ts'

/** OpenAI's own SDK, unchanged, through the executable: what it saw is what the trace holds. */
const limitMs = 20_000
const doors = [
  { name: 'through /demo', base: '/demo/v1', prefix: '' },
  { name: 'by model', base: '/v1', prefix: 'demo/' },
]
const ask = [{ role: 'user', content: 'What is a weir?' }] as const
const askTool = [{ role: 'user', content: 'Use the weather tool' }] as const
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

function client({ url }: Instance, base: string): OpenAI {
  return new OpenAI({ apiKey: 'none', baseURL: url + base, maxRetries: 0 })
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

describe.each(doors)('the SDK of OpenAI, $name', ({ base, prefix }) => {
  const model = `${prefix}fast`

  test(
    'gets a whole chat completion',
    async () => {
      await using weir = await startWeir()
      const completion = await client(weir, base).chat.completions.create({ model, messages: [...ask] })
      expect(completion.choices[0]?.message.content).toContain('What is a weir?')
      const trace = await weir.onlyTrace()
      expect(trace).toMatchObject({ outcome: 'answered', dialect: 'openai-chat', provider: 'demo' })
      expect(trace.reply).toEqual(told(completion))
    },
    limitMs,
  )

  test(
    'gets a streamed chat completion, with its usage',
    async () => {
      await using weir = await startWeir()
      const stream = await client(weir, base).chat.completions.create({
        model,
        messages: [...ask],
        stream: true,
        stream_options: { include_usage: true },
      })
      let content = ''
      let usage: unknown = null
      for await (const chunk of stream) {
        content += chunk.choices[0]?.delta.content ?? ''
        usage = chunk.usage ?? usage
      }
      expect(content).toContain('What is a weir?')
      const trace = await weir.onlyTrace()
      expect(trace).toMatchObject({ outcome: 'answered', stream: true })
      expect(trace.reply).toMatchObject({ choices: [{ message: { content }, finish_reason: 'stop' }], usage })
    },
    limitMs,
  )

  test(
    'gets a streamed tool call, argument by argument',
    async () => {
      await using weir = await startWeir()
      const stream = client(weir, base).chat.completions.stream({
        model,
        messages: [...askTool],
        tools: [{ type: 'function', function: { name: 'weather', parameters } }],
      })
      const { choices } = await stream.finalChatCompletion()
      const call = choices[0]?.message.tool_calls?.[0]
      if (call?.type !== 'function') throw new Error('There is no call')
      expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) })
      const { reply } = await weir.onlyTrace()
      expect(reply).toMatchObject({ choices: [{ message: { tool_calls: [told(call)] } }] })
    },
    limitMs,
  )

  test(
    'gets a whole response',
    async () => {
      await using weir = await startWeir()
      const response = await client(weir, base).responses.create({ model, input: 'What is a weir?' })
      expect(response.output_text).toContain('What is a weir?')
      const trace = await weir.onlyTrace()
      expect(trace).toMatchObject({ outcome: 'answered', dialect: 'openai-responses' })
      expect(trace.reply).toMatchObject({ id: response.id, output: told(response.output) })
    },
    limitMs,
  )

  test(
    'gets a streamed response that thinks and calls a tool',
    async () => {
      await using weir = await startWeir()
      const stream = client(weir, base).responses.stream({
        model,
        input: 'Use the weather tool',
        reasoning: { effort: 'low', summary: 'auto' },
        tools: [{ type: 'function', name: 'weather', parameters, strict: true }],
      })
      const { id, output } = await stream.finalResponse()
      expect(output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call'])
      const { reply } = await weir.onlyTrace()
      expect(reply).toMatchObject({ id, output: told(output) })
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
      const asking = client(weir, base).chat.completions.create({ model: prefix + name, messages: [...ask] })
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
      const { chat, responses } = client(weir, base)
      const cut = `${prefix}s08`
      const chatting = chat.completions.stream({ model: cut, messages: [...ask] }).finalChatCompletion()
      expect(await chatting.catch(messageOf)).toMatch(broken)
      const responding = responses.stream({ model: cut, input: 'Hello' }).finalResponse()
      expect(await responding.catch(messageOf)).toMatch(broken)
      expect(await weir.kept(2)).toMatchObject([{ outcome: 'provider-cut' }, { outcome: 'provider-cut' }])
    },
    limitMs,
  )
})

test(
  'a model that nobody owns is a NotFoundError, one of another dialect a BadRequestError',
  async () => {
    await using weir = await startWeir()
    const { completions } = client(weir, '/v1').chat
    const unknown = completions.create({ model: 'nobody/fast', messages: [...ask] })
    expect(await unknown.catch((reason: unknown) => reason)).toBeInstanceOf(NotFoundError)
    const foreign = completions.create({ model: 'claude-opus-5', messages: [...ask] })
    expect(await foreign.catch((reason: unknown) => reason)).toBeInstanceOf(BadRequestError)
    expect(await weir.kept(2)).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }])
  },
  limitMs,
)
