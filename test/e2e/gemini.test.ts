import { describe, expect, test } from 'bun:test'
import { ApiError, GoogleGenAI, Type } from '@google/genai'
import { startWeir, type Instance } from '../support/executable.ts'

/** Google's own SDK, unchanged, through the executable: what it saw is what the trace holds. */
const limitMs = 20_000
const doors = [
  { name: 'through /demo', base: '/demo', prefix: '' },
  { name: 'by model', base: '', prefix: 'demo/' },
]
const contents = 'What is a weir?'
const weather = {
  name: 'weather',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
}

function models({ url }: Instance, base: string): GoogleGenAI['models'] {
  return new GoogleGenAI({ apiKey: 'demo-key', httpOptions: { baseUrl: url + base } }).models
}

describe.each(doors)('the SDK of Google, $name', ({ base, prefix }) => {
  const model = `${prefix}fast`

  test(
    'gets a whole answer',
    async () => {
      await using weir = await startWeir()
      const { candidates, usageMetadata, text } = await models(weir, base).generateContent({
        model,
        contents,
      })
      expect(text).toContain(contents)
      const trace = await weir.onlyTrace()
      expect(trace).toMatchObject({ outcome: 'answered', dialect: 'gemini', provider: 'demo' })
      expect(trace.reply).toMatchObject({ candidates, usageMetadata })
    },
    limitMs,
  )

  test(
    'gets a streamed answer that thinks',
    async () => {
      await using weir = await startWeir()
      const stream = await models(weir, base).generateContentStream({
        model,
        contents,
        config: { thinkingConfig: { includeThoughts: true } },
      })
      let [thought, text] = ['', '']
      for await (const { candidates } of stream) {
        for (const part of candidates?.[0]?.content?.parts ?? []) {
          if (part.thought === true) thought += part.text ?? ''
          else text += part.text ?? ''
        }
      }
      expect(text).toContain(contents)
      const trace = await weir.onlyTrace()
      expect(trace).toMatchObject({ outcome: 'answered', stream: true })
      const parts = [{ text: thought, thought: true }, { text }]
      expect(trace.reply).toMatchObject({
        candidates: [
          { content: { parts: expect.arrayContaining(parts.map((part) => expect.objectContaining(part))) } },
        ],
      })
    },
    limitMs,
  )

  test(
    'gets a streamed tool call',
    async () => {
      await using weir = await startWeir()
      const stream = await models(weir, base).generateContentStream({
        model,
        contents: 'Use the weather tool',
        config: { tools: [{ functionDeclarations: [weather] }] },
      })
      const calls = []
      for await (const { functionCalls } of stream) calls.push(...(functionCalls ?? []))
      expect(calls).toEqual([{ name: 'weather', args: { city: expect.any(String) } }])
      const parts = expect.arrayContaining([expect.objectContaining({ functionCall: calls[0] })])
      expect((await weir.onlyTrace()).reply).toMatchObject({ candidates: [{ content: { parts } }] })
    },
    limitMs,
  )

  test(
    'counts the tokens of a request',
    async () => {
      await using weir = await startWeir()
      const { totalTokens } = await models(weir, base).countTokens({ model, contents })
      expect(totalTokens).toBeGreaterThan(1)
      expect(await weir.onlyTrace()).toMatchObject({ outcome: 'answered', status: 200 })
    },
    limitMs,
  )

  test.each([
    ['s02', 429, 'failed'],
    ['s04', 503, 'failed'],
    ['s05', 502, 'provider-cut'],
    ['s12', 400, 'failed'],
  ] as const)(
    '%s is an ApiError with its status',
    async (name, status, outcome) => {
      await using weir = await startWeir()
      const asking = models(weir, base).generateContent({ model: prefix + name, contents })
      const error: unknown = await asking.catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({ status })
      expect(await weir.onlyTrace()).toMatchObject({ outcome, status })
    },
    limitMs,
  )

  test(
    'a stream that the provider cuts is an error, and never looks complete',
    async () => {
      await using weir = await startWeir()
      const stream = await models(weir, base).generateContentStream({ model: `${prefix}s08`, contents })
      const read = async (): Promise<void> => {
        for await (const { text } of stream) expect(text).not.toBe('')
      }
      expect(await read().catch((reason: unknown) => reason)).toBeInstanceOf(Error)
      expect(await weir.onlyTrace()).toMatchObject({ outcome: 'provider-cut' })
    },
    limitMs,
  )
})

test(
  'a model that nobody owns is an ApiError with 404, one of another dialect one with 400',
  async () => {
    await using weir = await startWeir()
    const generate = (model: string) =>
      models(weir, '')
        .generateContent({ model, contents })
        .catch((reason: unknown) => reason)
    expect(await generate('nobody/fast')).toMatchObject({ status: 404 })
    expect(await generate('gpt-5')).toMatchObject({ status: 400 })
    expect(await weir.kept(2)).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }])
  },
  limitMs,
)
